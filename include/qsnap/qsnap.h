/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git-qsnap, the C interface of libqsnap. C89; also the base of qsnap.hpp.
 *
 * Stability: symbols are never removed nor changed within one qsnap_abi_version(); new ones may be added
 * (tests/api/symbols.txt has the list). Structures are opaque.
 *
 * Ownership: what a function named qsnap_..._open, _check, _capture, _load or _contract gives is the caller's, and goes
 * back by qsnap_session_close() or qsnap_result_free(). Strings belong to the object they were asked of, and live as
 * long as that. NULL may be freed.
 *
 * Threads: a session is for one thread at a time; different sessions do not disturb each other.
 *
 * Errors: never an exception, never exit(). A function that cannot do its work gives a result whose
 * qsnap_result_status() is not QSNAP_OK; that one is never NULL, but for lack of memory.
 */
#ifndef QSNAP_QSNAP_H
#define QSNAP_QSNAP_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define QSNAP_EXPORT __attribute__((visibility("default")))
#else
#define QSNAP_EXPORT
#endif

typedef struct qsnap_session qsnap_session;
typedef struct qsnap_result qsnap_result;

/* The exit codes of the command line. */
typedef enum qsnap_status {
  QSNAP_OK = 0,           /* as expected, written, loaded */
  QSNAP_DIFFERS = 1,      /* differs, is missing, or a contract is broken: the test fails */
  QSNAP_USAGE = 2,        /* options, config.yaml, unknown name */
  QSNAP_REDIS = 3,        /* unreachable, not authorised, time-out */
  QSNAP_INCONSISTENT = 4, /* no point-in-time state could be had */
  QSNAP_BROKEN = 5,       /* a broken or conflicted snapshot */
  QSNAP_REFUSED = 6,      /* refused for safety */
  QSNAP_IO = 7,           /* disk full, read-only, denied */
  QSNAP_INTERNAL = 70     /* a bug of ours */
} qsnap_status;

/* 1. Changes only if a program that was built with an earlier one would break. */
QSNAP_EXPORT int qsnap_abi_version(void);
/* "0.1.0" */
QSNAP_EXPORT const char *qsnap_version(void);

/*
 * Options are a JSON object, or NULL for none; an unknown member is QSNAP_USAGE. Of a session: "folder" (any folder of
 * the repository; "." if not given), "redis" (a URL; else QSNAP_REDIS_URL), "update" (pending, new, all, none; else as
 * git qsnap assert decides), "allow_host" (false), "timeout_ms", "set" and "branch" (else QSNAP_SET, QSNAP_BRANCH and the
 * branch decide: docs/sets.md).
 * Gives NULL and, if `error` is not NULL, a result there which the caller frees.
 */
QSNAP_EXPORT qsnap_session *qsnap_session_open(const char *options_json, qsnap_result **error);
QSNAP_EXPORT void qsnap_session_close(qsnap_session *session);

/* git qsnap assert. Options: "within_ms", "stable_ms", "ignore", "tolerance", "order" (arrays of texts), "prefixes",
 * "queues" (of a new snapshot), "frameworks" ("bullmq=bull"), "rename_prefix" ("bull-3=bull", of what is captured),
 * "contract" (a file, or an array of files), "allow_empty", "test" (who asserts). Of one text, an array may be left out. */
QSNAP_EXPORT qsnap_result *qsnap_check(qsnap_session *session, const char *name, const char *options_json);
/* git qsnap assert --contract alone: `file` is a contract. The same options, but "contract". */
QSNAP_EXPORT qsnap_result *qsnap_check_contract(qsnap_session *session, const char *file, const char *options_json);
/* git qsnap save. Options: "prefixes", "queues", "frameworks", "description", "tags", "allow_empty". */
QSNAP_EXPORT qsnap_result *qsnap_capture(qsnap_session *session, const char *name, const char *options_json);
/* git qsnap load of a NAME, a file or REV:NAME. Options: "time", "active", "queues", "paused", "replace" (false: a
 * target that is not empty is refused), "backup" (true: keep a copy of what is deleted), "rename_prefix". */
QSNAP_EXPORT qsnap_result *qsnap_load(qsnap_session *session, const char *name, const char *options_json);

QSNAP_EXPORT qsnap_status qsnap_result_status(const qsnap_result *result);
/* For people: several lines, UTF-8, no colours, no control characters but new lines. */
QSNAP_EXPORT const char *qsnap_result_message(const qsnap_result *result);
/* What the command line prints with --json, for programs: qsnap.assert/1, qsnap.save/1, qsnap.load/1, qsnap.error/1. */
QSNAP_EXPORT const char *qsnap_result_json(const qsnap_result *result);
QSNAP_EXPORT void qsnap_result_free(qsnap_result *result);

#ifdef __cplusplus
}
#endif

#endif
