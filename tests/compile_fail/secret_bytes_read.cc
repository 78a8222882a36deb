// Only a holder of SecretAccess reads key material, and it is made at one searchable name.
#include "server/base/secret_bytes.h"

size_t Read(const ehc::SecretBytes& secret) {
#ifdef EHC_COMPILE_OK
  return secret.view(ehc::SecretAccess::ForCryptoOnly()).size();
#else
  ehc::SecretAccess access;
  return secret.view(access).size();
#endif
}
