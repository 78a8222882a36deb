// Officers' data files: TextFormat, one message a file.
#ifndef EHC_SERVER_MODEL_TEXT_FILE_H_
#define EHC_SERVER_MODEL_TEXT_FILE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace ehc {

// NOT_FOUND where the file cannot be opened.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// INVALID_ARGUMENT "file:line: …"; `file` only names the text.
absl::Status ParseTextInto(absl::string_view text, absl::string_view file,
                           google::protobuf::Message* message);

template <typename Message>
absl::StatusOr<Message> ParseText(absl::string_view text, absl::string_view file) {
  Message message;
  absl::Status parsed = ParseTextInto(text, file, &message);
  if (!parsed.ok()) return parsed;
  return message;
}

template <typename Message>
absl::StatusOr<Message> LoadText(const std::string& path) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParseText<Message>(*text, path);
}

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_TEXT_FILE_H_
