/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of an access request, for the model checker spin. "./dev model" runs
 * it; the cases are in the file of that name, what is proven and what is not in
 * Documentation/model.rst.
 *
 * Follows the C code step by step: each piece names the function that it stands
 * for, and changes with it. What happens under the group lock is one step, but for
 * the wake-up at its end, which is a second one with the lock still held: only
 * there can a waiter that needs no lock do harm.
 *
 * Time passes in ticks, one a slice of the waiter's sleep (FANG_LIVENESS_MS), and
 * a wait is TIMEOUT ticks. The kernel is prompt: a tick comes only when every
 * waiter has looked about itself after the last one. User space is not: a
 * listener may do anything that a listener can at any time, or nothing for ever.
 * Whatever anybody does is bounded, so every run ends. A run that ends with a
 * waiter who still waits is an error ("invalid end state"), and so is a cycle.
 *
 * A request is memory on a stack: alive from fang_group_ask() to its return.
 * Whoever uses it says so by use_request(), which fails if it is not.
 */

/* Sizes. Tasks are the waiters, and behind them the listeners if these open files. */
#ifndef GROUPS
#define GROUPS 1
#endif
#ifndef LISTENERS
#define LISTENERS 2		/* of each group */
#endif
#ifndef WAITERS
#define WAITERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1		/* accesses of each waiter */
#endif

/* Settings of every group: see configfs.rst. */
#ifndef TIMEOUT
#define TIMEOUT 1		/* timeout_ms, in ticks */
#endif
#ifndef EXTENSIONS
#define EXTENSIONS 0		/* max_extensions */
#endif
#ifndef DELIVERIES
#define DELIVERIES 2		/* max_deliveries */
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0		/* max_timeouts, 0: never degraded */
#endif
#ifndef NO_LISTENER
#define NO_LISTENER ALLOW	/* on_no_listener */
#endif

/* What may happen: each 0, or how often where it must be bounded. */
#ifndef DIE
#define DIE 0			/* a listener's process ends, its device may stay open */
#endif
#ifndef OPENS
#define OPENS 1			/* of the device, by each listener */
#endif
#ifndef BAD_COPIES
#define BAD_COPIES 0		/* reads of each listener whose copy fails */
#endif
#ifndef KILL
#define KILL 0			/* a waiter is killed */
#endif
#ifndef OPENERS
#define OPENERS 0		/* accesses by each listener */
#endif
#ifndef DISABLE
#define DISABLE 0		/* the first group is disabled */
#endif
#ifndef ENABLE
#define ENABLE 0		/* the first group is disabled at first, and enabled later */
#endif
#ifndef UNENFORCE
#define UNENFORCE 0		/* the module parameter enforce is turned off */
#endif
#ifndef UNLOAD
#define UNLOAD 0		/* rmdir after disabling, then rmmod */
#endif
#ifndef INODE_MARKS
#define INODE_MARKS 0		/* the fastpath is used, so that tasks make marks on inodes */
#endif
#ifndef KEEN
#define KEEN 0			/* listeners respond, and no time passes: a ring would stand still */
#endif

#if OPENERS
#define TASKS (WAITERS + GROUPS * LISTENERS)
#else
#define TASKS WAITERS
#endif

#define NONE 255

/* enum fang_request_state */
#define QUEUED 0
#define DELIVERED 1
#define SETTLED 2

/* Values of on_no_listener, on_timeout and responses. */
#define ALLOW 0
#define DENY 1
#define WAIT 2

/* struct fang_request; the index is the task's */
typedef Request {
	bool alive;		/* the stack is the waiter's still */
	bool open;		/* in the lists all and by_id: who finds it goes by these */
	unsigned state : 2;
	bool deny;
	bool probe;
	bool look;		/* the waiter's slice is over */
	unsigned settled : 2;	/* how often */
	byte asks;		/* which group */
	byte id;
	byte left;		/* ticks to the deadline */
	byte extensions;
	byte deliveries;
	byte holder
};

/* struct fang_group and its struct fang_requests */
typedef Group {
	bool lock;
	bool is_enabled;
	bool is_removed;
	bool degraded;
	bool probing;
	byte timeouts;
	byte joined;
	byte refs;		/* at 0 it is freed */
	byte waking;		/* requests to wake before the lock is released, as bits */
	byte length;
	byte queued[TASKS]	/* the list of that name */
};

/* struct fang_listener */
typedef Listener {
	bool is;		/* open: the memory is there */
	bool joined;
	bool ending		/* fang_process_is_ending() */
};

Request request[TASKS];
Group group[GROUPS];
Listener listener[GROUPS * LISTENERS];
bool enforce = true;
byte last_id;

/* The module's code: entered by tasks, from fsnotify's SRCU section or pinning the mark. */
byte inside_srcu;
byte mark_refs = 1;
bool inode_mark;		/* on the list of the ear, and so not freed */
bool unloaded;

/* Of the step at hand only, so they tell no states apart. */
hidden byte i;
hidden byte j;
hidden byte k;
hidden byte n;
hidden byte probes;

inline use_request(r)
{
	assert(request[r].alive)
}

inline use_group(g)
{
	assert(group[g].refs > 0 && !unloaded)
}

#define is_open_in(r, g) (request[r].open && request[r].asks == (g))

/* What holds whenever nobody has the lock. */
inline check_group(g)
{
	use_group(g);
	probes = 0;
	for (j : 0 .. TASKS - 1) {
		if
		:: is_open_in(j, g) ->
			use_request(j);
			assert(group[g].is_enabled && request[j].state != SETTLED);
			assert((request[j].state == DELIVERED) == (request[j].holder != NONE));
			/* fang_request_show() follows the holder. */
			assert(request[j].holder == NONE || listener[request[j].holder].joined);
			probes = probes + request[j].probe
		:: else
		fi
	}
	assert(probes <= 1 && probes == group[g].probing);
	for (j : 0 .. TASKS - 1) {
		if
		:: j < group[g].length ->
			assert(is_open_in(group[g].queued[j], g));
			assert(request[group[g].queued[j]].state == QUEUED);
			/* By ascending id, also what came back. */
			assert(j == 0 || request[group[g].queued[j - 1]].id < request[group[g].queued[j]].id)
		:: else ->
			assert(group[g].queued[j] == 0)
		fi
	}
	/* No d_step may end in a loop. */
	skip
}

/* The end of a section that may have settled: fang_request_settle()'s wake_up_process(), unlock */
inline wake_and_unlock(g)
{
	for (i : 0 .. TASKS - 1) {
		if
		:: group[g].waking & (1 << i) -> use_request(i)
		:: else
		fi
	}
	group[g].waking = 0;
	group[g].lock = false;
	check_group(g)
}

/* list_del(&request->link) of a queued one */
inline unqueue(g, r)
{
	k = 0;
	for (j : 0 .. TASKS - 1) {
		if
		:: j < group[g].length && group[g].queued[j] == r -> k = 1
		:: else
		fi;
		if
		:: k && j + 1 < group[g].length -> group[g].queued[j] = group[g].queued[j + 1]
		:: else
		fi
	}
	assert(k);
	group[g].length--;
	group[g].queued[group[g].length] = 0
}

/* fang_group_settle(), fang_request_settle(); the lock is held */
inline settle(g, r, no)
{
	use_group(g);
	use_request(r);
	assert(group[g].lock);
	request[r].settled++;
	assert(request[r].settled == 1);
	if
	:: request[r].probe -> group[g].probing = false
	:: else
	fi;
	if
	:: request[r].state == QUEUED -> unqueue(g, r)
	:: else
	fi;
#ifndef BREAK_SETTLED_STAYS_IN_TABLE
	request[r].open = false;
#endif
	request[r].holder = NONE;
	request[r].deny = no;
	request[r].state = SETTLED;
	group[g].waking = group[g].waking | (1 << r)
}

/* fang_group_settle_abandoned() */
inline settle_abandoned(g)
{
	for (i : 0 .. TASKS - 1) {
		if
		:: is_open_in(i, g) -> settle(g, i, NO_LISTENER == DENY)
		:: else
		fi
	}
}

/* fang_request_requeue(): its place is before the first of a higher id */
inline requeue(g, r)
{
	use_request(r);
	request[r].state = QUEUED;
	request[r].holder = NONE;
	j = group[g].length;
#ifndef BREAK_REQUEUE_AT_END
	do
	:: j > 0 && request[group[g].queued[j - 1]].id > request[r].id ->
		group[g].queued[j] = group[g].queued[j - 1];
		j--
	:: else -> break
	od;
#endif
	group[g].queued[j] = r;
	group[g].length++
}

/* fang_group_recover() */
inline recover(g)
{
	group[g].degraded = false;
	group[g].timeouts = 0
}

/* fang_listener_join() */
inline join(l, g)
{
	if
	:: !listener[l].joined ->
		listener[l].joined = true;
		group[g].joined++;
		recover(g)
	:: else
	fi
}

/* fang_listener_leave(), fang_listener_let_go() */
inline leave(l, g)
{
	if
	:: listener[l].joined ->
		listener[l].joined = false;
		group[g].joined--;
#ifndef BREAK_DEATH_KEEPS_REQUESTS
		for (i : 0 .. TASKS - 1) {
			if
			:: is_open_in(i, g) && request[i].holder == l ->
				request[i].deliveries++;
				if
				:: request[i].deliveries >= DELIVERIES -> settle(g, i, false)
				:: else -> requeue(g, i)
				fi
			:: else
			fi
		}
#endif
		if
		:: group[g].joined == 0 && NO_LISTENER != WAIT -> settle_abandoned(g)
		:: else
		fi
	:: else
	fi
}

/* fang_listeners_check() */
inline check_listeners(g)
{
	for (n : g * LISTENERS .. g * LISTENERS + LISTENERS - 1) {
		if
		:: listener[n].joined && listener[n].ending -> leave(n, g)
		:: else
		fi
	}
}

/* fang_group_missed_response() */
inline missed_response(g)
{
	if
	:: TIMEOUTS > 0 ->
		if
		:: group[g].timeouts < TIMEOUTS -> group[g].timeouts++
		:: else
		fi;
		if
		:: group[g].timeouts >= TIMEOUTS -> group[g].degraded = true
		:: else
		fi
	:: else
	fi
}

/* fang_subject_is_exempt() for the process of listener @l, or NONE */
#ifdef BREAK_NO_RANKS
#define is_exempt(l, g) ((l) != NONE && (l) / LISTENERS == (g))
#else
#define is_exempt(l, g) ((l) != NONE && \
	((l) / LISTENERS == (g) || (group[(l) / LISTENERS].is_enabled && (l) / LISTENERS <= (g))))
#endif

/* Is some group asked about what listener @l opens? */
#if GROUPS == 1
#define is_asked(l) (!is_exempt(l, 0))
#else
#define is_asked(l) (!is_exempt(l, 0) || !is_exempt(l, 1))
#endif

/* fang_group_obstacle(), what needs no listener */
#define has_obstacle(g) ((group[g].joined == 0 && NO_LISTENER != WAIT) || is_probed(g))
#ifdef BREAK_MANY_PROBES
#define is_probed(g) false
#define is_new_probe(g) group[g].degraded
#else
#define is_probed(g) (group[g].degraded && group[g].probing)
#define is_new_probe(g) (group[g].degraded && !group[g].probing)
#endif

/* The waiter's way out of its sleep: it sees SETTLED, and takes the lock before it goes. */
#ifdef BREAK_LEAVE_WITHOUT_LOCK
#define may_leave(r, g) (request[r].state == SETTLED)
#else
#define may_leave(r, g) (request[r].state == SETTLED && !group[g].lock)
#endif

/* fang_group_look_after(): the waiter finds that it is not settled */
#ifdef BREAK_LOOK_WITHOUT_STATE
#define must_look_after(r) true
#else
#define must_look_after(r) (request[r].state != SETTLED)
#endif

/* A slice of its sleep is over; without a clock only who is to be let go need look. */
#if KEEN
#define may_look(r, g, l) (is_exempt(l, g) && !group[g].lock && must_look_after(r))
#else
#define may_look(r, g, l) (request[r].look && !group[g].lock && must_look_after(r))
#endif

#ifdef BREAK_NO_DEADLINE
#define is_over(r) false
#else
#define is_over(r) (request[r].left == 0)
#endif

/* No longer the waiter's; what it was must not tell states apart. */
inline forget_request(r)
{
	request[r].alive = false;
	request[r].look = false;
	request[r].state = QUEUED;
	request[r].deny = false;
	request[r].probe = false;
	request[r].settled = 0;
	request[r].asks = 0;
	request[r].id = 0;
	request[r].left = 0;
	request[r].extensions = 0;
	request[r].deliveries = 0;
	request[r].holder = NONE
}

/* Those who have died go first: what they held may be settled by that. */
inline look_after(r, g, l, killed)
{
	group[g].lock = true;
	request[r].look = false;
	if
	:: must_look_after(r) -> check_listeners(g)
	:: else
	fi;
	if
	:: !must_look_after(r)
	:: else ->
		if
		:: killed -> settle(g, r, true)
		/* fang_asking_became_exempt() */
		:: !killed && (!enforce || is_exempt(l, g)) -> settle(g, r, false)
		:: else ->
			if
			:: is_over(r) ->
				/* fang_group_time_out() */
				if
				:: request[r].state == DELIVERED -> missed_response(g)
				:: else
				fi;
				settle(g, r, false)
			:: else
			fi
		fi
	fi
}

/* fang_wait_for_response(); @l as of access() */
inline wait_for_response(r, g, l)
{
	do
	:: d_step { may_leave(r, g) ->
			/* The stack is in use by others from here on. */
			use_group(g);
			assert(request[r].settled == 1);
			denied = request[r].deny;
			forget_request(r)
		};
		break
#if KILL
	:: d_step { !group[g].lock && request[r].state != SETTLED ->
			look_after(r, g, l, true)
		};
		d_step { wake_and_unlock(g) }
#endif
	:: d_step { may_look(r, g, l) ->
			look_after(r, g, l, false);
			skip
		};
		d_step { wake_and_unlock(g) }
	od
}

/* fang_queue_request() */
inline queue_request(r, g)
{
	d_step { !group[g].lock ->
		use_group(g);
		forget_request(r);
		if
		:: group[g].is_enabled && !has_obstacle(g) ->
			request[r].alive = true;
			request[r].open = true;
			last_id++;
			request[r].id = last_id;
			request[r].asks = g;
			request[r].left = TIMEOUT;
			request[r].probe = is_new_probe(g);
			group[g].probing = group[g].probing || request[r].probe;
			group[g].queued[group[g].length] = r;
			group[g].length++;
			check_group(g)
		/* on_no_listener, on_timeout; without enabled it is allowed */
		:: else ->
			denied = group[g].is_enabled && group[g].joined == 0 && NO_LISTENER == DENY
		fi
	}
}

#ifdef BREAK_WAIT_WITHOUT_PIN
#define pin_mark() skip
#define unpin_mark() skip
#else
#define pin_mark() mark_refs++
#define unpin_mark() mark_refs--
#endif

/*
 * fang_hear(), fang_raise(): groups by their priority, which is their number. @l is
 * the listener whose process this is, or NONE. Uses g and denied of the caller.
 */
inline access(r, l)
{
	g = 0;
	do
	:: g < GROUPS && !denied ->
		if
		/* fang_raising_next() under RCU, fang_group_decides(); nothing is heard without a mark */
		:: d_step { group[g].is_enabled && !is_exempt(l, g) && enforce && mark_refs > 0 ->
				use_group(g);
				group[g].refs++;
				inside_srcu++
			};
#if INODE_MARKS
			/* fang_raising_obtain_memory(), fang_inode_obtain() */
			inode_mark = true;
#endif
			/* fang_wait_begin(): false if the mark is on its way out */
			if
			:: atomic { mark_refs > 0 ->
					pin_mark();
					inside_srcu--
				};
				queue_request(r, g);
				if
				:: request[r].alive -> wait_for_response(r, g, l)
				:: else
				fi;
				/* fang_wait_end(), fang_group_put() */
				atomic {
					use_group(g);
					inside_srcu++;
					unpin_mark();
					group[g].refs--;
					inside_srcu--
				}
			:: atomic { mark_refs == 0 ->
					use_group(g);
					group[g].refs--;
					inside_srcu--
				}
			fi
		:: else
		fi;
		g++
	:: else -> break
	od;
	atomic {
		g = 0;
		denied = false
	}
}

proctype Waiter(byte self)
{
	byte g;
	byte round;
	bool denied;

	do
	:: round < ROUNDS ->
		access(self, NONE);
		round++
	:: else -> break
	od
}

/* fang_group_respond() */
inline respond(g, r)
{
	use_group(g);
	use_request(r);
	group[g].lock = true;
	if
	:: settle(g, r, false)
	:: !KEEN -> settle(g, r, true)
	fi;
	recover(g)
}

/* The same for more_time: fang_request_extend() */
inline extend(g, r)
{
	use_request(r);
	request[r].extensions++;
	request[r].left = TIMEOUT;
	recover(g)
}

/* Any listener may respond to any open request, as may who writes to respond in configfs. */
#if KEEN
#define may_respond(l, g, r) (is_open_in(r, g) && request[r].holder == (l) && !group[g].lock)
#else
#define may_respond(l, g, r) (is_open_in(r, g) && !group[g].lock)
#endif
#if EXTENSIONS
#define EXTEND(l, g, r) \
	:: d_step { may_respond(l, g, r) && request[r].extensions < EXTENSIONS -> extend(g, r) }
#else
#define EXTEND(l, g, r)
#endif
/* Branches of the loop in Listen(). */
#define RESPOND(l, g, r) \
	:: atomic { may_respond(l, g, r) -> respond(g, r) }; \
		d_step { wake_and_unlock(g) } \
	EXTEND(l, g, r)

/* One who opens the device; at "end" it may also do nothing for ever. */
proctype Listen(byte self)
{
	byte my = self / LISTENERS;
	byte opens = OPENS;
	byte bad_copies = BAD_COPIES;
	byte openers = OPENERS;
	byte dies = DIE;
	byte g;
	byte id;
	bool denied;

end:	do
	/* fang_chardev_open(), fang_listener_create(), fang_listener_touch() */
	:: d_step { opens > 0 && !listener[self].is && !group[my].lock && !group[my].is_removed ->
			use_group(my);
			group[my].refs++;
			opens--;
			listener[self].is = true;
			join(self, my);
			check_group(my)
		}
	/* fang_listener_take(), fang_take_request(), fang_request_deliver() */
	:: d_step { listener[self].is && !group[my].lock && group[my].length > 0 ->
			i = group[my].queued[0];
			use_request(i);
			unqueue(my, i);
			join(self, my);
			request[i].state = DELIVERED;
			request[i].holder = self;
			id = (bad_copies -> request[i].id : 0);
			check_group(my)
		}
#if BAD_COPIES
		;
		/* fang_deliver(): another may settle it while it is copied */
		if
		:: d_step { true -> id = 0 }
		:: d_step { bad_copies > 0 && id && !group[my].lock ->
				/* fang_listener_give_back() */
				bad_copies--;
				for (i : 0 .. TASKS - 1) {
					if
					:: is_open_in(i, my) && request[i].id == id && request[i].holder == self ->
						requeue(my, i)
					:: else
					fi
				}
				id = 0;
				check_group(my)
			}
		fi
#endif
	RESPOND(self, my, 0)
#if TASKS > 1
	RESPOND(self, my, 1)
#endif
#if TASKS > 2
	RESPOND(self, my, 2)
#endif
#if TASKS > 3
	RESPOND(self, my, 3)
#endif
#if TASKS > 4
	RESPOND(self, my, 4)
#endif
#if TASKS > 5
	RESPOND(self, my, 5)
#endif
#if OPENERS
	/* It opens a file itself, whatever it holds. */
	:: d_step { openers > 0 && listener[self].is && is_asked(self) -> openers-- };
		access(WAITERS + self, self)
#endif
#if DIE
	/* The process is killed, exits or dumps core; a thread of it may still be reading. */
	:: d_step { dies > 0 && listener[self].is -> dies--; listener[self].ending = true }
#endif
#if !KEEN
	/* fang_chardev_release(), fang_listener_destroy() */
	:: d_step { listener[self].is && !group[my].lock ->
			group[my].lock = true;
			leave(self, my)
		};
		d_step {
			wake_and_unlock(my);
			listener[self].is = false;
			listener[self].ending = false;
			use_group(my);
			group[my].refs--
		}
#endif
	od
}

/* A waiter who has something to do at once: after a tick, or because it is settled. */
#define is_busy(r) (request[r].alive && (request[r].look || request[r].state == SETTLED))

/* A tick can come: somebody waits, nobody is busy, nobody holds a lock. */
#define waits_idly(r) (request[r].alive && !is_busy(r))
#if TASKS == 1
#define ANYONE(what) what(0)
#elif TASKS == 2
#define ANYONE(what) (what(0) || what(1))
#elif TASKS == 3
#define ANYONE(what) (what(0) || what(1) || what(2))
#elif TASKS == 4
#define ANYONE(what) (what(0) || what(1) || what(2) || what(3))
#elif TASKS == 5
#define ANYONE(what) (what(0) || what(1) || what(2) || what(3) || what(4))
#elif TASKS == 6
#define ANYONE(what) (what(0) || what(1) || what(2) || what(3) || what(4) || what(5))
#endif
#if GROUPS == 1
#define is_locked group[0].lock
#else
#define is_locked (group[0].lock || group[1].lock)
#endif
#define may_tick (ANYONE(waits_idly) && !ANYONE(is_busy) && !is_locked)

/* FANG_LIVENESS_MS pass: the waiters wake up, in any order, and look. */
proctype Clock()
{
end:	do
	:: d_step { may_tick ->
			for (i : 0 .. TASKS - 1) {
				if
				:: request[i].alive ->
					request[i].look = true;
					/* Nobody waits beyond the deadline. */
					assert(request[i].left > 0);
					request[i].left--
				:: else
				fi
			}
		}
	od
}

#if UNENFORCE
proctype Unenforce()
{
	enforce = false
}
#endif

#if UNLOAD
#if LISTENERS == 1
#define all_closed (!listener[0].is)
#else
#define all_closed (!listener[0].is && !listener[1].is)
#endif
#endif

#if DISABLE || ENABLE || UNLOAD
/* One who writes to configfs; at "end" it has to wait for listeners. */
proctype Configure()
{
#if ENABLE
	/* fang_group_enable() */
	d_step { !group[0].lock ->
		group[0].is_enabled = true;
		check_group(0)
	};
#endif
#if DISABLE || UNLOAD
	/* fang_group_disable() */
	d_step { !group[0].lock ->
		group[0].lock = true;
		group[0].is_enabled = false;
		settle_abandoned(0);
		recover(0)
	};
	d_step { wake_and_unlock(0) };
#endif
#if UNLOAD
	/* fang_leave(), fang_superblock_destroy() */
	mark_refs--;
	/* fang_group_remove(), fang_group_item_release() */
	d_step { !group[0].lock ->
		group[0].is_removed = true;
		check_group(0);
		group[0].refs--
	};
	/* The module is in use while the device is open; then fang_exit(). */
end:	all_closed;
	/*
	 * fang_dispatch_stop(): destroys what is on the list, again until all are freed, a
	 * grace period after their last pin.
	 */
	do
#ifndef BREAK_DESTROY_ONCE
	:: inode_mark -> inode_mark = false
#endif
	:: d_step { mark_refs == 0 && inside_srcu == 0 && !inode_mark ->
			for (i : 0 .. GROUPS - 1) {
				assert(group[i].refs == 0)
			}
			unloaded = true
		};
		break
	od
#else
	skip
#endif
}
#endif

init {
	atomic {
		for (i : 0 .. TASKS - 1) {
			forget_request(i)
		}
		for (i : 0 .. GROUPS - 1) {
			group[i].is_enabled = !(ENABLE && i == 0);
			group[i].refs = 1
		}
		for (i : 0 .. GROUPS * LISTENERS - 1) {
#if KEEN
			listener[i].is = true;
			group[i / LISTENERS].refs++;
			join(i, i / LISTENERS);
#endif
			run Listen(i)
		}
		for (i : 0 .. WAITERS - 1) {
			run Waiter(i)
		}
#if !KEEN
		run Clock();
#endif
#if DISABLE || ENABLE || UNLOAD
		run Configure();
#endif
#if UNENFORCE
		run Unenforce()
#endif
	}
}
