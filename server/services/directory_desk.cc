#include "server/services/directory_desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::DirectoryEntry;
using hub::v1::SearchServicesRequest;
using hub::v1::SearchServicesResponse;

// No agency: what the services of everybody are found by.
constexpr char kDirectory[] = "the-directory";

// Services looked through for one page; what is left follows on the next.
constexpr int kMostLookedThrough = 5000;

struct DirectoryEntries {
  using Body = DirectoryEntry;
  using Value = DirectoryEntry;
  static constexpr char kKind[] = "DIRECTORY_ENTRY";
  static constexpr char kCollection[] = "services";
  static std::string UnitOf(const Opened<DirectoryEntries>&, Side) { return ""; }
};

DirectoryEntry Show(const Rooms& rooms, const Opened<DirectoryEntries>& opened) {
  DirectoryEntry out = opened.body;
  out.set_name(rooms.names.MatterName(DirectoryEntries::kCollection, opened.matter.id));
  out.set_publisher(AgencyNameOf(opened.matter.opener));
  out.set_etag(EtagOf(opened.matter.revision));
  return out;
}

absl::Status CheckEntry(const DirectoryEntry& entry) {
  if (entry.tier() != hub::v1::SERVICE_TIER_UNIVERSAL && entry.criteria().empty()) {
    return FieldInvalid("service.criteria: say who is eligible; only a universal service has none");
  }
  if (entry.to_age() != 0 && entry.to_age() < entry.from_age()) {
    return FieldInvalid("service.to_age: is less than from_age");
  }
  for (const std::string* link : {&entry.easy_read_link(), &entry.film_link()}) {
    if (!link->empty() && !absl::StartsWith(*link, "https://")) {
      return FieldInvalid("service.easy_read_link, service.film_link: write https://…");
    }
  }
  return absl::OkStatus();
}

MatterFilter OpenServices() {
  MatterFilter filter;
  filter.kind = DirectoryEntries::kKind;
  filter.addressee = AgencyId(kDirectory);
  filter.only_open = true;
  return filter;
}

Written Describe(const Rooms& rooms, const Opened<DirectoryEntries>& opened) {
  Written written;
  written.resource = absl::StrCat("matter/", opened.matter.id.value);
  written.version = opened.matter.revision;
  written.value = std::make_unique<DirectoryEntry>(Show(rooms, opened));
  return written;
}

class ServiceMutation : public Mutation {
 public:
  explicit ServiceMutation(const Desks& desks) : desks_(desks) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const auto opened, FindOwn(file, view, MatterOfResource(resource)));
    return Describe(desks_.rooms, opened);
  }

 protected:
  static absl::StatusOr<Opened<DirectoryEntries>> FindOwn(const CaseFile& file, ReadView& view,
                                                          MatterId id) {
    return FindMatterOf<DirectoryEntries>(view, id, file.caller.agency(), Side::kOpener);
  }
  const Desks& desks_;
};

class Publishing : public ServiceMutation {
 public:
  Publishing(const Desks& desks, DirectoryEntry stated, std::string etag)
      : ServiceMutation(desks), stated_(std::move(stated)), etag_(std::move(etag)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckEntry(stated_));
    EHC_ASSIGN_OR_RETURN(std::optional<Opened<DirectoryEntries>> there, FindSame(file, view));
    if (!there.has_value()) {
      if (!etag_.empty()) EHC_RETURN_IF_ERROR(CheckEtag(etag_, 0));
      EHC_ASSIGN_OR_RETURN(there,
                           NewMatter<DirectoryEntries>(desks_.rooms.store, file.caller.agency(),
                                                       AgencyId(kDirectory), SubjectId{}));
      there->matter.revision = 0;
    }
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, there->matter.revision));
    Plan plan;
    if (there->matter.revision > 0) plan.reads.push_back(MatterKey(there->matter.id));
    DirectoryEntry entry = stated_;
    for (const auto clear : {&DirectoryEntry::clear_name, &DirectoryEntry::clear_publisher,
                             &DirectoryEntry::clear_etag}) {
      (entry.*clear)();
    }
    if (there->matter.revision == 0 ||
        entry.SerializeAsString() != there->body.SerializeAsString()) {
      there->body = std::move(entry);
      ++there->matter.revision;
      plan.changes.push_back(Put(*there));
    }
    plan.written = Describe(desks_.rooms, *there);
    return plan;
  }

 private:
  absl::StatusOr<std::optional<Opened<DirectoryEntries>>> FindSame(const CaseFile& file,
                                                                   ReadView& view) const {
    MatterFilter filter;
    filter.kind = DirectoryEntries::kKind;
    filter.opener = file.caller.agency();
    filter.only_open = true;
    while (true) {
      EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
      for (Matter& matter : matters) {
        filter.after = matter.id;
        EHC_ASSIGN_OR_RETURN(Opened<DirectoryEntries> opened,
                             Unpack<DirectoryEntries>(std::move(matter)));
        if (opened.body.local_id() == stated_.local_id()) return opened;
      }
      if (static_cast<int>(matters.size()) < filter.limit) return std::nullopt;
    }
  }

  const DirectoryEntry stated_;
  const std::string etag_;
};

class Withdrawing : public ServiceMutation {
 public:
  Withdrawing(const Desks& desks, MatterId id, std::string etag)
      : ServiceMutation(desks), id_(id), etag_(std::move(etag)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(auto opened, FindOwn(file, view, id_));
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, opened.matter.revision));
    if (!opened.matter.open) return StateConflict("name: it was taken out already");
    opened.matter.open = false;
    ++opened.matter.revision;
    Plan plan;
    plan.reads.push_back(MatterKey(opened.matter.id));
    plan.changes.push_back(Put(opened));
    plan.written = Describe(desks_.rooms, opened);
    return plan;
  }

 private:
  const MatterId id_;
  const std::string etag_;
};

bool HoldsWords(const DirectoryEntry& entry, const std::string& text) {
  const std::string all = absl::AsciiStrToLower(absl::StrCat(
      entry.title(), "\n", entry.description(), "\n", absl::StrJoin(entry.criteria(), "\n")));
  return absl::StrContains(all, absl::AsciiStrToLower(text));
}

bool Fits(const DirectoryEntry& entry, const SearchServicesRequest& wanted,
          const std::string& day) {
  if (!entry.valid_until().empty() && entry.valid_until() < day) return false;
  if (wanted.tier() != hub::v1::SERVICE_TIER_UNSPECIFIED && entry.tier() != wanted.tier()) {
    return false;
  }
  const auto& areas = entry.areas();
  if (!wanted.area().empty() && !areas.empty() &&
      std::find(areas.begin(), areas.end(), wanted.area()) == areas.end()) {
    return false;
  }
  if (wanted.age() != 0 &&
      (wanted.age() < entry.from_age() || (entry.to_age() != 0 && entry.to_age() < wanted.age()))) {
    return false;
  }
  return wanted.text().empty() || HoldsWords(entry, wanted.text());
}

absl::StatusOr<Ask> ServiceAsk(const Desks& desks, const Caller& caller, const char* method,
                               const google::protobuf::Message& request,
                               const std::string& request_id, const std::string& unit) {
  EHC_RETURN_IF_ERROR(CheckUnit(caller, unit));
  Ask ask = MutationAsk(desks, method, "directory.publish", request_id, request);
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, unit);
  return ask;
}

}  // namespace

void DirectoryDesk::PublishService(Incoming in, const hub::v1::PublishServiceRequest& request,
                                   Reply<hub::v1::PublishServiceResponse> reply) const {
  auto ask = ServiceAsk(desks_, in.caller, "PublishService", request, request.request_id(),
                        request.unit());
  StartMutation<hub::v1::PublishServiceResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Publishing>(desks_, request.service(), request.etag()),
      ShapeFirstField<hub::v1::PublishServiceResponse>, std::move(reply));
}

void DirectoryDesk::WithdrawService(Incoming in, const hub::v1::WithdrawServiceRequest& request,
                                    Reply<hub::v1::WithdrawServiceResponse> reply) const {
  auto ask = ServiceAsk(desks_, in.caller, "WithdrawService", request, request.request_id(),
                        request.unit());
  StartMutation<hub::v1::WithdrawServiceResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Withdrawing>(
          desks_, ReadMatterName<DirectoryEntries>(desks_, request.name()), request.etag()),
      ShapeFirstField<hub::v1::WithdrawServiceResponse>, std::move(reply));
}

void DirectoryDesk::GetService(Incoming in, const hub::v1::GetServiceRequest& request,
                               Reply<hub::v1::GetServiceResponse> reply) const {
  StartReading<hub::v1::GetServiceResponse>(
      desks_, std::move(in), "GetService", "directory.read",
      [this, id = ReadMatterName<DirectoryEntries>(desks_, request.name())](
          const CaseFile&, ReadView& view) -> absl::StatusOr<hub::v1::GetServiceResponse> {
        EHC_ASSIGN_OR_RETURN(
            const auto opened,
            FindMatterOf<DirectoryEntries>(view, id, AgencyId(kDirectory), Side::kAddressee));
        if (!opened.matter.open) return NoSuchMatter();
        hub::v1::GetServiceResponse response;
        *response.mutable_service() = Show(desks_.rooms, opened);
        return response;
      },
      std::move(reply));
}

void DirectoryDesk::SearchServices(Incoming in, const SearchServicesRequest& request,
                                   Reply<SearchServicesResponse> reply) const {
  const std::string list = PageListOf(desks_, "services", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  StartReading<SearchServicesResponse>(
      desks_, std::move(in), "SearchServices", "directory.read",
      [this, wanted = request, list, from = *after, size = PageSize(request.page_size())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<SearchServicesResponse> {
        const std::string day = FormatDate(LondonDate(file.received_at));
        SearchServicesResponse response;
        MatterFilter filter = OpenServices();
        filter.after = MatterId{from};
        for (int seen = 0; seen < kMostLookedThrough; seen += filter.limit) {
          EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
          for (Matter& matter : matters) {
            if (response.services_size() == size) break;
            filter.after = matter.id;
            EHC_ASSIGN_OR_RETURN(const auto opened, Unpack<DirectoryEntries>(std::move(matter)));
            if (Fits(opened.body, wanted, day)) {
              *response.add_services() = Show(desks_.rooms, opened);
            }
          }
          if (response.services_size() < size && static_cast<int>(matters.size()) < filter.limit) {
            return response;
          }
          if (response.services_size() == size) break;
        }
        response.set_next_page_token(
            desks_.rooms.names.SealPage(file.caller.agency(), list, filter.after.value));
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
