// What one party of a matter is shown of what the other wrote: a disclosure by whoever wrote it.
#ifndef EHC_SERVER_MODEL_TOLD_H_
#define EHC_SERVER_MODEL_TOLD_H_

#include <string>
#include <vector>

#include "server/model/names.h"

namespace ehc {

template <typename T>
struct Told {
  T value;
  AgencyId teller;  // who wrote it
  UnitId unit;
  bool through_relay = false;      // its name is kept from the reader
  std::string resource;            // "matter/17"
  std::vector<std::string> parts;  // of the record type that the call names
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_TOLD_H_
