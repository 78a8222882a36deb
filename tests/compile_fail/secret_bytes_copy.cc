// Key material is never copied by accident: a copy is Clone(), which a reader can find.
#include "server/base/secret_bytes.h"

ehc::SecretBytes Take(ehc::SecretBytes secret) {
#ifdef EHC_COMPILE_OK
  return secret.Clone();
#else
  const ehc::SecretBytes& copied = secret;
  return copied;
#endif
}
