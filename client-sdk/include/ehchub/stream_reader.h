// A call that answers message by message.
#ifndef EHCHUB_STREAM_READER_H_
#define EHCHUB_STREAM_READER_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ehchub {

// One open stream. What is not read is not sent: the hub works out the next message when the one
// before was taken, and cuts a stream that nobody reads for half a minute. Destroying the reader
// ends the stream. For one thread at a time.
template <typename Response>
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  // The next message, held to its receipt; nullopt once there is no more. DEADLINE_EXCEEDED where
  // nothing came within `patience`: the stream goes on, ask again. Any other error is the stream's
  // own end, said again by every later call.
  virtual absl::StatusOr<std::optional<Response>> Next(
      absl::Duration patience = absl::InfiniteDuration()) = 0;
};

}  // namespace ehchub

#endif  // EHCHUB_STREAM_READER_H_
