#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Groups of Fang as a profile says: what fangctl apply does, in Ansible's words."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: fang_profile
short_description: Makes groups of Fang as profiles say
description:
  - Runs C(fangctl apply), which makes the groups in the kernel as profiles say, all or nothing, and is done when they
    are so already.
  - No shell is involved.
options:
  src:
    description:
      - A profile on the target, or a directory of C(*.yaml). Only root may be able to change it.
      - Without I(src) and I(content), the drop-in directories C(/etc/fang/profiles.d) and
        C(/usr/lib/fang/profiles.d), as at boot.
    type: path
  content:
    description: The text of a profile, which no file of the target has to hold. It needs an I(owner).
    type: str
  state:
    description:
      - C(present) makes the groups of the profile.
      - C(absent) removes every group whose label is I(owner), and no other.
    type: str
    choices: [present, absent]
    default: present
  owner:
    description:
      - The label of the groups, which says whose they are. Groups with another label are not changed.
      - By default the absolute path of I(src), and C(profiles.d) for the drop-in directories.
    type: str
  prune:
    description: Remove groups that have the label and that no profile names.
    type: bool
    default: false
  allow_empty:
    description: Let I(prune) remove all groups if the profile has none.
    type: bool
    default: false
  adopt:
    description: Take groups that have another label.
    type: bool
    default: false
  allow_gap:
    description:
      - Allow changes that need an enabled group disabled for a moment, in which it guards nothing.
      - Without it the task fails if there is such a change, in check mode too.
    type: bool
    default: false
  wait:
    description: For how many seconds to wait for another fangctl that changes groups.
    type: int
    default: 5
  executable:
    description: The fangctl to run, by path or by a name in PATH.
    type: str
    default: fangctl
attributes:
  check_mode:
    support: full
    description:
      - Uses C(apply --dry-run), which works without the module, too. What only the kernel would refuse is not seen,
        nor whether others could change I(src).
  diff_mode:
    support: full
    description: Shows what C(fangctl diff) shows, if the module is loaded.
seealso:
  - name: fang-profile(5)
    description: What profiles say.
  - name: fangctl(8)
    description: The tool that this runs, and its exit codes.
author: The Fang authors (@fang)
"""

EXAMPLES = r"""
- name: The drop-in profiles, and no group that was once among them
  fang.fang.fang_profile:
    prune: true

- name: A profile of the play
  fang.fang.fang_profile:
    owner: web
    content: |
      version: 1
      groups:
        uploads:
          priority: 50
          mask: [close_write]
          scopes:
            - {subtree: /srv/uploads}

- name: A file that another task has put there
  fang.fang.fang_profile:
    src: /etc/fang/antivirus.yaml
    allow_gap: true

- name: All groups of one owner go
  fang.fang.fang_profile:
    owner: web
    state: absent
"""

RETURN = r"""
groups:
  description: What was done, or would be, a group each.
  returned: always
  type: list
  elements: dict
  sample:
    - name: av
      action: updated
      staged: false
      changes:
        - {path: groups.av.timeout, before: 5s, after: 9s, gap: false}
errors:
  description: What is wrong, and where.
  returned: failure
  type: list
  elements: dict
  sample:
    - {file: av.yaml, line: 3, column: 28, path: groups.av.mask, errno: null, message: 'unknown event kind "opne"'}
rc:
  description: The exit code of fangctl.
  returned: always
  type: int
rolled_back:
  description: Whether all is as it was. False after exit code 7, when fangctl could not put everything back.
  returned: failure
  type: bool
"""

import json

from ansible.module_utils.basic import AnsibleModule

DONE = 0
DIFFERS = 1
ROLLED_BACK_IN_PART = 7
# What fangctl calls standard input.
STDIN = "-"
NO_GROUPS = "version: 1\ngroups: {}\n"
REASONS = {
    2: "fangctl does not understand its options; is it as old as this collection?",
    3: "the module fang is not loaded, or of another version",
    4: "the profile is wrong; nothing was changed",
    5: "refused; nothing was changed",
    6: "failed part-way; all is as it was",
    7: "failed part-way, and could not be put back entirely",
    8: "another fangctl is changing groups; see wait",
    77: "no permission; become root",
}


def options(params):
    """Those that apply and diff share."""
    words = []
    if params["state"] == "absent":
        return ["-f", STDIN, "--owner=" + params["owner"], "--prune", "--allow-empty"]
    if params["content"] is not None:
        words += ["-f", STDIN]
    elif params["src"] is not None:
        words += ["-f", params["src"]]
    if params["owner"] is not None:
        words.append("--owner=" + params["owner"])
    for name in ("prune", "allow_empty", "adopt"):
        if params[name]:
            words.append("--" + name.replace("_", "-"))
    return words


def stdin(params):
    """Empty rather than none, so that nothing is ever read from elsewhere."""
    if params["state"] == "absent":
        return NO_GROUPS
    return params["content"] or ""


def place(error):
    """FILE:LINE:COLUMN: KEY: ERRNO: MESSAGE, as far as they are known."""
    words = []
    if error.get("file"):
        name = "content" if error["file"] == STDIN else error["file"]
        numbers = [str(error[key]) for key in ("line", "column") if error.get(key) is not None]
        words.append(":".join([name] + numbers))
    words += [error[key] for key in ("path", "errno") if error.get(key)]
    return ": ".join(words + [error["message"]])


def read(text):
    """The document, or None if there is none, as when Java itself did not start."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def fail(module, code, document, err):
    errors = (document or {}).get("errors") or []
    places = [place(error) for error in errors] or [err.strip() or "fangctl ended with %d and said nothing" % code]
    module.fail_json(
        msg="\n".join(places + (["(%s)" % REASONS[code]] if code in REASONS else [])),
        rc=code,
        errors=errors,
        groups=(document or {}).get("groups") or [],
        rolled_back=code != ROLLED_BACK_IN_PART,
    )


def gaps(groups):
    return [
        change["path"] for group in groups for change in group.get("changes", []) if change.get("gap")
    ]


def differences(module, fangctl, shared, data):
    """Empty where fangctl cannot compare; then apply tells why."""
    code, out, _ = module.run_command([fangctl, "diff"] + shared, data=data, binary_data=False)
    return out if code == DIFFERS else ""


def main():
    module = AnsibleModule(
        argument_spec=dict(
            src=dict(type="path"),
            content=dict(type="str"),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            owner=dict(type="str"),
            prune=dict(type="bool", default=False),
            allow_empty=dict(type="bool", default=False),
            adopt=dict(type="bool", default=False),
            allow_gap=dict(type="bool", default=False),
            wait=dict(type="int", default=5),
            executable=dict(type="str", default="fangctl"),
        ),
        mutually_exclusive=[("src", "content")],
        required_by=dict(content=("owner",)),
        required_if=[("state", "absent", ("owner",))],
        supports_check_mode=True,
    )
    params = module.params
    if params["state"] == "absent" and (params["src"] is not None or params["content"] is not None):
        module.fail_json(msg="state=absent takes neither src nor content: the owner says which groups go")
    fangctl = module.get_bin_path(params["executable"], required=True)

    shared = options(params)
    data = stdin(params)
    diff = differences(module, fangctl, shared, data) if module._diff else ""
    command = [fangctl, "apply", "-o", "json", "--wait=%d" % params["wait"]] + shared
    if params["allow_gap"]:
        command.append("--allow-gap")
    if module.check_mode:
        command.append("--dry-run")
    code, out, err = module.run_command(command, data=data, binary_data=False)
    document = read(out)
    if code != DONE or document is None:
        fail(module, code, document, err)

    groups = document["groups"]
    # A dry run does not refuse what the real one would.
    open_gaps = gaps(groups) if module.check_mode and not params["allow_gap"] else []
    if open_gaps:
        module.fail_json(
            msg="%s: fixed while the group is enabled; see allow_gap" % ", ".join(open_gaps),
            rc=code,
            errors=[],
            groups=groups,
            rolled_back=True,
        )
    for warning in document.get("warnings", []):
        module.warn(warning)
    result = dict(
        changed=any(group["action"] != "unchanged" for group in groups),
        groups=groups,
        rc=code,
    )
    if module._diff:
        result["diff"] = dict(prepared=diff)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
