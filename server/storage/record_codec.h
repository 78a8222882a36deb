// The sealed bytes of a record's header and of a part. What a row's own columns say (numbers,
// custodian, type, version, code) is not repeated inside: the binding vouches for it.
#ifndef EHC_SERVER_STORAGE_RECORD_CODEC_H_
#define EHC_SERVER_STORAGE_RECORD_CODEC_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/model/record.h"

namespace ehc {

std::string EncodeHead(const RecordHead& head);
// Fills in what EncodeHead() wrote. DATA_LOSS for anything else; *head is then unspecified.
absl::Status DecodeHead(absl::string_view bytes, RecordHead* head);

std::string EncodePart(const Part& part);
// Takes the opened bytes apart in place. DATA_LOSS unless EncodePart() made them.
absl::Status DecodePart(std::string bytes, Part* part);

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_RECORD_CODEC_H_
