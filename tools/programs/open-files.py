# Opens and reads the files of a directory, each process all of them, beginning at another
# one each. A file whose name begins with "bad" is one that nobody may open.
#
#   open-files.py PROCESSES DIR            once
#   open-files.py PROCESSES DIR END FLUSH  until the file END is there; after each round
#                                          writes to FLUSH, so that nothing is remembered
#
# Prints how many opens succeeded and were refused, of either sort, and what else went wrong.
import errno
import os
import sys

processes, directory = int(sys.argv[1]), sys.argv[2]
end, flush = sys.argv[3:] if len(sys.argv) > 3 else (None, None)
names = sorted(os.listdir(directory))


def rounds():
    yield
    while end and not os.path.exists(end):
        with open(flush, "w") as file:
            file.write("1")
        yield


def work(first):
    good = good_refused = bad = bad_refused = other = 0
    order = names[first:] + names[:first]
    for _ in rounds():
        for name in order:
            is_bad = name.startswith("bad")
            try:
                fd = os.open(os.path.join(directory, name), os.O_RDONLY)
                os.read(fd, 4096)
                os.close(fd)
                good, bad = good + (not is_bad), bad + is_bad
            except OSError as e:
                refused = e.errno == errno.EPERM
                good_refused += refused and not is_bad
                bad_refused += refused and is_bad
                other += not refused
    return good, good_refused, bad, bad_refused, other


pipes = []
for i in range(processes):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, " ".join(map(str, work(len(names) * i // processes))).encode())
        os._exit(0)
    os.close(writing)
    pipes.append(reading)
sums = [sum(column) for column in zip(*(map(int, os.read(pipe, 4096).split()) for pipe in pipes))]
print("good %d, refused %d; bad %d, refused %d; other errors %d" % tuple(sums))
