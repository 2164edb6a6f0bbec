/* SPDX-License-Identifier: Apache-2.0 */
/* api.bats compiles it as strict C89: every function of qsnap.h, on a session in the current folder. */
#include <qsnap/qsnap.h>
#include <stdio.h>

static int show(const char *what, qsnap_result *result) {
  const int status = (int)qsnap_result_status(result);
  printf("%s: %d\n%s\n%s\n", what, status, qsnap_result_message(result), qsnap_result_json(result));
  qsnap_result_free(result);
  return status;
}

int main(int argc, char **argv) {
  qsnap_result *result = NULL;
  qsnap_session *session = qsnap_session_open(argc > 1 ? argv[1] : NULL, &result);
  printf("libqsnap %s, interface %d\n", qsnap_version(), qsnap_abi_version());
  if (session == NULL) {
    return show("open", result);
  }
  show("capture", qsnap_capture(session, "c89", "{\"allow_empty\":true}"));
  show("load", qsnap_load(session, "c89", "{\"replace\":true,\"backup\":false}"));
  show("contract", qsnap_check_contract(session, "contract.yaml", NULL));
  result = qsnap_check(session, "c89", NULL);
  qsnap_session_close(session);
  return show("check", result);
}
