#include "tests/end2end/lawful_leak_world.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client-sdk/src/internal/wire.h"
#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;

constexpr size_t kIdLength = 26;
constexpr size_t kHexLength = 64;
constexpr size_t kTraceLength = 32;
constexpr size_t kUuidLength = 36;

bool IsIdCharacter(char c) {
  return absl::ascii_isdigit(c) ||
         (c >= 'a' && c <= 'z' && c != 'i' && c != 'l' && c != 'o' && c != 'u');
}

size_t RunOf(absl::string_view text, bool (*belongs)(char)) {
  size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  return length;
}

bool IsHexDigit(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

bool IsUuid(absl::string_view text) {
  if (text.size() < kUuidLength) return false;
  for (size_t i = 0; i < kUuidLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHexDigit(text[i])) return false;
  }
  return true;
}

// The length of the random text that `rest` begins with; 0: none.
size_t RandomAt(absl::string_view rest) {
  if (IsUuid(rest)) return kUuidLength;
  const size_t hex = RunOf(rest, IsHexDigit);
  if (hex == kHexLength || hex == kTraceLength) return hex;
  return RunOf(rest, IsIdCharacter) == kIdLength ? kIdLength : 0;
}

bool IsInside(absl::string_view text, size_t at) {
  return at > 0 && (IsIdCharacter(text[at - 1]) || text[at - 1] == '-');
}

// Signatures, hashes and sealed bytes: what counts is that they are there, and how long they are
// where that does not vary by itself.
void BlankBytes(const FieldDescriptor& field, std::string& value) {
  const bool varies = field.name() == "signature";
  value = std::string(varies ? 8 : value.size(), varies ? 's' : 'b');
}

void BlankText(const FieldDescriptor& field, std::string& value) {
  if (field.name() == "note" && absl::StrContains(value, "\xE2\x80\x94")) {  // a signed note
    value = absl::StrCat(std::count(value.begin(), value.end(), '\n'), " lines");
  }
  if (field.name() == "log_id" || field.name() == "key_id") value = field.name();
}

void Blank(const FieldDescriptor& field, Masks& masks, std::string& value) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return BlankBytes(field, value);
  BlankText(field, value);
  value = masks.Mask(value);
}

// Field by field: in the bytes of a message what follows a name could pass for a part of it.
void BlankRandom(Masks& masks, Message& message);

void BlankField(const FieldDescriptor& field, Masks& masks, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  const bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!text && !nested) return;
  if (!field.is_repeated()) {
    if (nested) return BlankRandom(masks, *reflection.MutableMessage(&message, &field));
    std::string value = reflection.GetString(message, &field);
    Blank(field, masks, value);
    return reflection.SetString(&message, &field, value);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (nested) {
      BlankRandom(masks, *reflection.MutableRepeatedMessage(&message, &field, i));
      continue;
    }
    std::string value = reflection.GetRepeatedString(message, &field, i);
    Blank(field, masks, value);
    reflection.SetRepeatedString(&message, &field, i, value);
  }
}

void BlankRandom(Masks& masks, Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) BlankField(*field, masks, message);
}

grpc::ByteBuffer BufferOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

std::unique_ptr<Message> New(const google::protobuf::Descriptor& type) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  return std::unique_ptr<Message>(prototype->New());
}

struct RawCall {
  grpc::Status status;
  std::vector<std::string> messages;
  std::multimap<std::string, std::string> metadata;  // first and last, marked
};

template <typename Pairs>
void Keep(const char* mark, const Pairs& pairs, RawCall& call) {
  for (const auto& [key, value] : pairs) {
    call.metadata.emplace(absl::StrCat(mark, std::string(key.data(), key.size())),
                          std::string(value.data(), value.size()));
  }
}

bool Wait(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

// A unary call is to the wire a stream of one message.
RawCall Converse(ehchub::internal::Wire& wire, const MethodDescriptor& method,
                 const Message& request, int most) {
  RawCall result;
  grpc::ClientContext context;
  const absl::Status prepared = wire.Prepare(context, absl::Seconds(60));
  EXPECT_TRUE(prepared.ok()) << prepared;
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(wire.channel());
  auto call = stub.PrepareCall(
      &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
  call->StartCall(nullptr);
  if (Wait(queue)) {
    call->WriteLast(BufferOf(request), grpc::WriteOptions(), nullptr);
    Wait(queue);
    grpc::ByteBuffer buffer;
    while (static_cast<int>(result.messages.size()) < most) {
      call->Read(&buffer, nullptr);
      if (!Wait(queue)) break;
      result.messages.push_back(BytesOf(buffer));
    }
    if (method.server_streaming() && static_cast<int>(result.messages.size()) == most) {
      context.TryCancel();
    }
  }
  call->Finish(&result.status, nullptr);
  Wait(queue);
  Keep("first ", context.GetServerInitialMetadata(), result);
  Keep("last ", context.GetServerTrailingMetadata(), result);
  return result;
}

void SetIfEmpty(Message& message, const char* name, const std::string& value) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || !message.GetReflection()->GetString(message, field).empty()) return;
  message.GetReflection()->SetString(&message, field, value);
}

}  // namespace

void Masks::BeginCall() {
  ++call_;
  place_ = 0;
}

std::string Masks::Named(absl::string_view random) {
  const auto [at, fresh] = seen_.try_emplace(std::string(random));
  if (fresh) {
    at->second = absl::StrFormat("<%d.%d>", call_, ++place_);
    at->second.resize(random.size(), '#');
  }
  return at->second;
}

std::string Masks::Mask(absl::string_view text) {
  std::string masked;
  for (size_t at = 0; at < text.size();) {
    const size_t length = IsInside(text, at) ? 0 : RandomAt(text.substr(at));
    if (length == 0) {
      masked += text[at++];
      continue;
    }
    masked += Named(text.substr(at, length));
    at += length;
  }
  return masked;
}

const MethodDescriptor* MethodNamed(absl::string_view name) {
  // Links the generated descriptors in.
  const auto* pool = hub::v1::CreateAgencyRequest::descriptor()->file()->pool();
  return pool->FindMethodByName(absl::StrCat("ehc.hub.v1.", name));
}

LeakWorld::LeakWorld(absl::Time start) : clock_(start) {
  hub_.Serve(clock_, [](HouseOptions& options) {
    options.near_match_interval = HouseOptions().near_match_interval;
    options.policy_refresh = absl::ZeroDuration();
    options.max_policy_staleness = absl::InfiniteDuration();
    options.quotas = false;  // a refusal for haste would be the same in both worlds, and hide all
  });
  hub_.EnrolAgencies();
}

std::string LeakWorld::Expand(absl::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const size_t at = text.find('$');
    absl::StrAppend(&out, text.substr(0, at));
    if (at == absl::string_view::npos) break;
    text.remove_prefix(at + 1);
    const size_t length = RunOf(text, [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
    const auto word = words_.find(std::string(text.substr(0, length)));
    EXPECT_NE(word, words_.end()) << "nobody said what $" << text.substr(0, length) << " is";
    if (word != words_.end()) absl::StrAppend(&out, Expand(word->second));
    text.remove_prefix(length);
  }
  return out;
}

std::string LeakWorld::NewRequestId() {
  return absl::StrFormat("0b1c2d3e-4f50-4a61-8b72-%012x", ++requests_);
}

void LeakWorld::Complete(const Persona& as, Message& request) {
  SetIfEmpty(request, "unit", as.unit);
  const FieldDescriptor* id = request.GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr && request.GetReflection()->GetString(request, id).empty()) {
    request.GetReflection()->SetString(&request, id, NewRequestId());
  }
}

std::unique_ptr<Message> LeakWorld::Request(const Persona& as, const MethodDescriptor& method,
                                            absl::string_view text) {
  std::unique_ptr<Message> request = New(*method.input_type());
  const std::string expanded = Expand(text);
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(expanded, request.get()))
      << method.full_name() << ": " << expanded;
  Complete(as, *request);
  return request;
}

const Clients& LeakWorld::As(const Persona& persona) {
  auto& clients = clients_[absl::StrCat(persona.agency, "/", persona.user, "/", persona.role, "/",
                                        persona.unit)];
  if (clients == nullptr) {
    ehchub::Options options = HubWorld::Options();
    options.now = [this] { return clock_.Now(); };
    clients = std::make_unique<Clients>(hub_.As(persona, options));
  }
  return *clients;
}

WireStory LeakWorld::Call(const Persona& as, const MethodDescriptor& method, const Message& request,
                          int most) {
  const RawCall raw = Converse(*As(as).hub.wire(), method, request, most);
  masks_.BeginCall();
  WireStory story;
  story.code = raw.status.error_code();
  story.bytes = absl::StrCat(raw.status.error_code(), "\n", masks_.Mask(raw.status.error_message()),
                             "\n", masks_.Mask(raw.status.error_details()), "\n");
  for (const auto& [key, value] : raw.metadata) {
    absl::StrAppend(&story.bytes, key, "=", masks_.Mask(value), "\n");
  }
  story.readable = absl::CHexEscape(story.bytes);
  for (const std::string& bytes : raw.messages) {
    std::unique_ptr<Message> message = New(*method.output_type());
    EXPECT_TRUE(message->ParseFromString(bytes)) << method.full_name();
    std::unique_ptr<Message> shown(message->New());
    shown->CopyFrom(*message);
    BlankRandom(masks_, *shown);
    absl::StrAppend(&story.bytes, "message ", shown->SerializeAsString(), "\n");
    absl::StrAppend(&story.readable, "\n", shown->ShortDebugString());
    story.messages.push_back(std::move(message));
  }
  return story;
}

WireStory LeakWorld::Call(const Persona& as, const char* method, absl::string_view text, int most) {
  const MethodDescriptor* descriptor = MethodNamed(method);
  EXPECT_NE(descriptor, nullptr) << method;
  if (descriptor == nullptr) return {};
  WireStory story = Call(as, *descriptor, *Request(as, *descriptor, text), most);
  story.label = absl::StrCat(method, " as ", as.agency, "/", as.role);
  return story;
}

std::string TextAt(const Message& message, absl::string_view path) {
  const Message* at = &message;
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(steps[i]);
    if (field == nullptr) return "";
    const Reflection& reflection = *at->GetReflection();
    if (field->is_repeated()) {
      int index = 0;
      if (++i == steps.size() || !absl::SimpleAtoi(steps[i], &index) ||
          index >= reflection.FieldSize(*at, field)) {
        return "";
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        return reflection.GetRepeatedString(*at, field, index);
      }
      at = &reflection.GetRepeatedMessage(*at, field, index);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return reflection.GetString(*at, field);
    } else {
      at = &reflection.GetMessage(*at, field);
    }
  }
  return "";
}

}  // namespace ehc
