#ifndef EHC_SERVER_APP_STOP_SIGNALS_H_
#define EHC_SERVER_APP_STOP_SIGNALS_H_

#include <signal.h>

namespace ehc {

// Blocks SIGINT and SIGTERM for every thread made from now on, for the main thread to wait for.
inline sigset_t BlockStopSignals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return stop;
}

}  // namespace ehc

#endif  // EHC_SERVER_APP_STOP_SIGNALS_H_
