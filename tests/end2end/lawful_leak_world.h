// Two hubs that live through the same, call by call, but for one child: in one world a call of the
// story is about the child, in the other about somebody else. Whatever a caller who may not know
// sees of the child must then be the same bytes in both.
#ifndef EHC_TESTS_END2END_LAWFUL_LEAK_WORLD_H_
#define EHC_TESTS_END2END_LAWFUL_LEAK_WORLD_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/base/clock.h"
#include "tests/end2end/hub_world.h"

namespace ehc {

// What is random by design (ids of 26 characters, UUIDs, hashes) under another name of the same
// length: by the call that first brought it, and its place there. That two of them are the same
// still shows, and so does their length.
class Masks {
 public:
  void BeginCall();
  std::string Mask(absl::string_view text);

 private:
  std::string Named(absl::string_view random);
  std::map<std::string, std::string, std::less<>> seen_;
  int call_ = 0;
  int place_ = 0;
};

// Everything that one call brought over the wire, masked.
struct WireStory {
  std::string label;
  std::string bytes;     // what is compared
  std::string readable;  // what is printed
  int code = 0;
  std::vector<std::unique_ptr<google::protobuf::Message>> messages;  // as they came
};

// "ehc.hub.v1.RecordExchangeService.GetPlan" by "RecordExchangeService.GetPlan"; null: there is no
// such method in this contract.
const google::protobuf::MethodDescriptor* MethodNamed(absl::string_view name);

class LeakWorld {
 public:
  // Serves at once, at a standing clock. PreparePlatform() has been called.
  explicit LeakWorld(absl::Time start);

  // From now on "$word" in the text of a request means `text`.
  void Say(const std::string& word, std::string text) { words_[word] = std::move(text); }
  const std::string& Word(const std::string& word) const { return words_.at(word); }
  std::string Expand(absl::string_view text) const;

  // The request of `method` that `text` says (textproto). Its unit and request_id, where it has
  // them and `text` does not, are the person's and one never used before.
  std::unique_ptr<google::protobuf::Message> Request(const Persona& as,
                                                     const google::protobuf::MethodDescriptor&,
                                                     absl::string_view text);
  void Complete(const Persona& as, google::protobuf::Message& request);

  // One call over TLS, to its end or to `most` messages of a stream.
  WireStory Call(const Persona& as, const google::protobuf::MethodDescriptor& method,
                 const google::protobuf::Message& request, int most = 100);
  WireStory Call(const Persona& as, const char* method, absl::string_view text, int most = 100);

  ManualClock& clock() { return clock_; }
  HubWorld& hub() { return hub_; }

 private:
  const Clients& As(const Persona& persona);
  std::string NewRequestId();

  ManualClock clock_;
  HubWorld hub_;
  Masks masks_;
  int requests_ = 0;
  std::map<std::string, std::string> words_;
  std::map<std::string, std::unique_ptr<Clients>> clients_;
};

// The string at "record_request.name" or "relationships.0.name"; empty where there is none.
std::string TextAt(const google::protobuf::Message& message, absl::string_view path);

}  // namespace ehc

#endif  // EHC_TESTS_END2END_LAWFUL_LEAK_WORLD_H_
