#include "server/storage/sqlite/read_view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "server/base/status_macros.h"
#include "server/storage/record_codec.h"
#include "server/storage/request_memory.h"
#include "server/storage/sqlite/batch_writer.h"
#include "server/storage/sqlite/decoy.h"
#include "server/storage/sqlite/matter_row.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/tally_digest.h"

namespace ehc {
namespace {

absl::Status Erased() {
  return absl::NotFoundError("store: the key of this record version was destroyed");
}

absl::Status BadMessage() {
  return absl::DataLossError("store: a stored message cannot be parsed");
}

template <typename Message>
absl::Status ParseTo(absl::string_view bytes, Message* message) {
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return BadMessage();
}

// The last commit of a full list may go on behind the limit, and is left out. False: it is alone
// in the list and fills it.
template <typename T>
bool DropUnfinished(int limit, std::vector<T>* list) {
  if (static_cast<int>(list->size()) < limit) return true;
  const int64_t last = list->back().index;
  if (list->front().index == last) return false;
  while (list->back().index == last) list->pop_back();
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReadView>> SqliteReadView::Open(const ReadContext& context,
                                                               const Published& now) {
  EHC_ASSIGN_OR_RETURN(Reader reader, context.pool.TakeForData(now));
  return std::unique_ptr<ReadView>(new SqliteReadView(context, now, std::move(reader)));
}

SqliteReadView::SqliteReadView(const ReadContext& context, const Published& now, Reader reader)
    : context_(context), now_(now), reader_(std::move(reader)) {}

SqliteReadView::~SqliteReadView() {
  context_.pool.Return(std::move(reader_));
  if (log_reader_.has_value()) context_.pool.Return(*std::move(log_reader_));
}

absl::StatusOr<SubjectId> SqliteReadView::FindSubject(const Digest& identifier) {
  Query query(data(), Sql::kFindSubject);
  SubjectId subject;
  if (query.Bind(identifier).Next()) subject.value = query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  return subject;
}

absl::StatusOr<SubjectId> SqliteReadView::RootOf(SubjectId subject) {
  Query query(data(), Sql::kFindRoot);
  if (query.Bind(subject.value).Next()) subject.value = query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  return subject;
}

absl::StatusOr<std::vector<SubjectId>> SqliteReadView::NumbersOf(SubjectId subject) {
  EHC_ASSIGN_OR_RETURN(const SubjectId root, RootOf(subject));
  std::vector<SubjectId> numbers = {root};
  Query query(data(), Sql::kListMembers);
  query.Bind(root.value);
  while (query.Next()) numbers.push_back(SubjectId{query.Integer(0)});
  EHC_RETURN_IF_ERROR(query.status());
  return numbers;
}

absl::StatusOr<bool> SqliteReadView::OpenDossier(int64_t subject, store::v1::Dossier* dossier) {
  Query query(data(), Sql::kReadDossier);
  if (!query.Bind(subject).Next()) {
    EHC_RETURN_IF_ERROR(query.status());
    return false;
  }
  EHC_RETURN_IF_ERROR(
      UnsealDossier(subject, query.Blob(0), query.Integer(1), query.Blob(2), dossier));
  return true;
}

absl::Status SqliteReadView::UnsealDossier(int64_t subject, absl::string_view sealed, int64_t kek,
                                           absl::string_view wrapped, store::v1::Dossier* dossier) {
  EHC_ASSIGN_OR_RETURN(const SealingKey key,
                       context_.keys.Unwrap(kek, wrapped, DossierKeyBinding(subject)));
  static thread_local std::string bytes;  // keeps its capacity; erased after every use
  EHC_RETURN_IF_ERROR(key.OpenTo(sealed, Binding(SealedUse::kDossier).Id(subject), &bytes));
  const absl::Status parsed = ParseTo(bytes, dossier);
  EraseString(&bytes);
  return parsed;
}

absl::StatusOr<std::vector<SubjectDossier>> SqliteReadView::ListDossiers(SubjectId after,
                                                                         int limit) {
  std::vector<SubjectDossier> dossiers;
  Query query(data(), Sql::kListDossiers);
  query.Bind(std::max<int64_t>(after.value, 0)).Bind(int64_t{limit});
  while (query.Next()) {
    SubjectDossier& one = dossiers.emplace_back();
    one.subject = SubjectId{query.Integer(0)};
    const absl::Status opened = UnsealDossier(one.subject.value, query.Blob(1), query.Integer(2),
                                              query.Blob(3), &one.dossier);
    if (absl::IsNotFound(opened)) {
      dossiers.pop_back();
    } else if (!opened.ok()) {
      return opened;
    }
  }
  EHC_RETURN_IF_ERROR(query.status());
  return dossiers;
}

absl::StatusOr<store::v1::Dossier> SqliteReadView::ReadDossier(SubjectId subject) {
  store::v1::Dossier dossier;
  if (subject.value > 0) {
    EHC_ASSIGN_OR_RETURN(const bool found, OpenDossier(subject.value, &dossier));
    if (found) return dossier;
  }
  // The same work for a child that is not there, so that its absence takes as long.
  EHC_RETURN_IF_ERROR(OpenDossier(kDecoySubject, &dossier).status());
  return store::v1::Dossier();
}

absl::StatusOr<std::optional<RecordHead>> SqliteReadView::OpenHead(Query& row, SubjectId subject,
                                                                   absl::string_view record_type) {
  RecordHead head;
  head.id.value = row.Integer(0);
  head.version = row.Integer(1);
  head.subject = subject;
  head.record_type = std::string(record_type);
  head.custodian = context_.agencies.NameOf(row.Integer(6));
  absl::StatusOr<SealingKey> key = context_.keys.Unwrap(
      row.Integer(4), row.Blob(5),
      DataKeyBinding(row.Integer(3), subject.value, row.Integer(6), record_type));
  if (absl::IsNotFound(key.status())) return std::nullopt;
  EHC_RETURN_IF_ERROR(key.status());
  std::string bytes;
  EHC_RETURN_IF_ERROR(key->OpenTo(
      row.Blob(2), Binding(SealedUse::kRecordHead).Id(head.id.value).Id(head.version), &bytes));
  const absl::Status decoded = DecodeHead(bytes, &head);
  EraseString(&bytes);
  EHC_RETURN_IF_ERROR(decoded);
  version_keys_.push_back({VersionPlace(head.id.value, head.version), *std::move(key)});
  return head;
}

absl::StatusOr<std::optional<RecordHead>> SqliteReadView::OpenOneHead(
    Query& query, SubjectId subject, absl::string_view record_type) {
  if (query.Next()) return OpenHead(query, subject, record_type);
  EHC_RETURN_IF_ERROR(query.status());
  return std::nullopt;
}

absl::StatusOr<std::optional<RecordHead>> SqliteReadView::FindRecord(
    SubjectId subject, const AgencyId& custodian, absl::string_view record_type) {
  EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> numbers, NumbersOf(subject));
  std::optional<RecordHead> newest;
  for (const SubjectId number : numbers) {
    Query query(data(), Sql::kFindRecord);
    query.Bind(number.value).BindText(record_type).Bind(context_.agencies.Find(custodian));
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, OpenOneHead(query, number, record_type));
    if (!head.has_value()) continue;
    const bool newer = !newest.has_value() || std::pair(newest->published_at, newest->id.value) <
                                                  std::pair(head->published_at, head->id.value);
    if (newer) newest = std::move(head);
  }
  return newest;
}

absl::StatusOr<std::optional<RecordHead>> SqliteReadView::FindRecordByLocalId(
    SubjectId subject, const AgencyId& custodian, absl::string_view record_type,
    absl::string_view local_id) {
  const std::string local =
      context_.root.NameDigest({"local id", custodian.value(), record_type, local_id});
  EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> numbers, NumbersOf(subject));
  for (const SubjectId number : numbers) {
    Query query(data(), Sql::kFindRecordByLocalId);
    query.Bind(local).Bind(number.value);
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, OpenOneHead(query, number, record_type));
    if (head.has_value()) return head;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<RecordHead>> SqliteReadView::FindRecordById(RecordId id) {
  Query query(data(), Sql::kFindRecordByNumber);
  if (query.Bind(id.value).Next()) {
    return OpenHead(query, SubjectId{query.Integer(7)}, std::string(query.Blob(8)));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return std::nullopt;
}

absl::StatusOr<std::vector<RecordHead>> SqliteReadView::ListRecords(SubjectId subject,
                                                                    absl::string_view record_type) {
  EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> numbers, NumbersOf(subject));
  std::vector<RecordHead> heads;
  for (const SubjectId number : numbers) {
    Query query(data(), Sql::kListRecords);
    query.Bind(number.value).BindText(record_type);
    while (query.Next()) {
      EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, OpenHead(query, number, record_type));
      if (head.has_value()) heads.push_back(*std::move(head));
    }
    EHC_RETURN_IF_ERROR(query.status());
  }
  if (numbers.size() == 1) return heads;
  std::sort(heads.begin(), heads.end(), [](const RecordHead& a, const RecordHead& b) {
    return std::tie(a.custodian, a.published_at, a.id) <
           std::tie(b.custodian, b.published_at, b.id);
  });
  return heads;
}

absl::StatusOr<std::vector<RecordHead>> SqliteReadView::ListRecordsOf(const AgencyId& custodian,
                                                                      RecordId after, int limit) {
  std::vector<RecordHead> heads;
  Query query(data(), Sql::kListRecordsOf);
  query.Bind(context_.agencies.Find(custodian)).Bind(after.value).Bind(int64_t{limit});
  while (query.Next()) {
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head,
                         OpenHead(query, SubjectId{query.Integer(7)}, std::string(query.Blob(8))));
    if (head.has_value()) heads.push_back(*std::move(head));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return heads;
}

absl::StatusOr<std::vector<store::v1::ErasureRecord>> SqliteReadView::ListErasures() {
  int64_t last = 0;
  return ReadErasures(data(), &last);
}

absl::StatusOr<const SealingKey*> SqliteReadView::KeyOf(const RecordHead& head) {
  const int64_t place = VersionPlace(head.id.value, head.version);
  for (const VersionKey& known : version_keys_) {
    if (known.place == place) return &known.key;
  }
  Query query(data(), Sql::kFindVersionKey);
  if (!query.Bind(place).Next()) {
    EHC_RETURN_IF_ERROR(query.status());
    return Erased();
  }
  EHC_ASSIGN_OR_RETURN(SealingKey key,
                       context_.keys.Unwrap(query.Integer(1), query.Blob(2),
                                            DataKeyBinding(query.Integer(0), head.subject.value,
                                                           query.Integer(3), query.Blob(4))));
  version_keys_.push_back({place, std::move(key)});
  return &version_keys_.back().key;
}

absl::StatusOr<std::vector<Part>> SqliteReadView::ReadParts(
    const RecordHead& head, absl::Span<const absl::string_view> codes) {
  EHC_ASSIGN_OR_RETURN(const SealingKey* key, KeyOf(head));
  std::vector<Part> parts(codes.size());  // a code stays empty until its part is found
  const int64_t first = FirstPartPlace(head.id.value, head.version);
  Query query(data(), Sql::kReadParts);
  query.Bind(first).Bind(first + kMaxParts);
  while (query.Next()) {
    const absl::string_view code = query.Blob(0);
    for (size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] != code) continue;
      std::string bytes;
      const Binding binding =
          Binding(SealedUse::kPart).Id(head.id.value).Id(head.version).Text(code);
      EHC_RETURN_IF_ERROR(key->OpenTo(query.Blob(1), binding, &bytes));
      EHC_RETURN_IF_ERROR(DecodePart(std::move(bytes), &parts[i]));
      parts[i].code = std::string(code);
    }
  }
  EHC_RETURN_IF_ERROR(query.status());
  parts.erase(std::remove_if(parts.begin(), parts.end(),
                             [](const Part& part) { return part.code.empty(); }),
              parts.end());
  return parts;
}

absl::Status SqliteReadView::AppendRecordChanges(int64_t after, int limit,
                                                 std::vector<RecordChange>* changes) {
  Query query(data(), Sql::kListRecordChanges);
  query.Bind(after).Bind(int64_t{limit});
  while (query.Next()) {
    RecordChange& change = changes->emplace_back();
    change.index = query.Integer(0);
    change.record = RecordId{query.Integer(1)};
    change.version = query.Integer(2);
    change.subject = SubjectId{query.Integer(3)};
    change.custodian = context_.agencies.NameOf(query.Integer(4));
    change.record_type = std::string(query.Blob(5));
    change.at = absl::FromUnixMillis(query.Integer(6));
  }
  return query.status();
}

absl::StatusOr<std::vector<RecordChange>> SqliteReadView::ListRecordChanges(int64_t after,
                                                                            int limit) {
  std::vector<RecordChange> changes;
  EHC_RETURN_IF_ERROR(AppendRecordChanges(after, limit, &changes));
  if (DropUnfinished(limit, &changes)) return changes;
  return ListRecordChanges(after, 2 * limit);
}

absl::Status SqliteReadView::AppendMatterEvents(int64_t party, int64_t after, int limit,
                                                std::vector<MatterEvent>* events) {
  Query query(data(), Sql::kListMatterEvents);
  query.Bind(party).Bind(after).Bind(int64_t{limit});
  while (query.Next()) {
    MatterEvent& event = events->emplace_back();
    event.index = query.Integer(0);
    event.matter = MatterId{query.Integer(1)};
    event.kind = std::string(query.Blob(2));
    event.subject = SubjectId{query.Integer(3)};
    event.event = std::string(query.Blob(4));
    event.at = absl::FromUnixMillis(query.Integer(5));
  }
  return query.status();
}

absl::StatusOr<std::vector<MatterEvent>> SqliteReadView::ListMatterEvents(const AgencyId& party,
                                                                          int64_t after,
                                                                          int limit) {
  std::vector<MatterEvent> events;
  EHC_RETURN_IF_ERROR(AppendMatterEvents(context_.agencies.Find(party), after, limit, &events));
  if (DropUnfinished(limit, &events)) return events;
  return ListMatterEvents(party, after, 2 * limit);
}

absl::StatusOr<std::optional<RequestRow>> SqliteReadView::FindRequest(
    const AgencyId& agency, absl::string_view method, absl::string_view request_id) {
  const std::string key = context_.root.NameDigest({"request", agency.value(), method, request_id});
  const int64_t oldest = OldestRememberedRequestMs(context_.clock.Now());
  Query query(data(), Sql::kFindRequest);
  if (query.Bind(key).Bind(oldest).Next()) {
    return RequestRow{std::string(query.Blob(0)), std::string(query.Blob(1))};
  }
  EHC_RETURN_IF_ERROR(query.status());
  return std::nullopt;
}

absl::StatusOr<Matter> SqliteReadView::OpenMatter(Query& row) {
  const MatterRow columns = ReadMatterRow(row);
  EHC_ASSIGN_OR_RETURN(const SealingKey key,
                       context_.keys.Unwrap(columns.kek, row.Blob(kMatterWrapped),
                                            MatterKeyBinding(columns.number)));
  Matter matter = MatterOf(columns, context_.agencies);
  EHC_RETURN_IF_ERROR(key.OpenTo(row.Blob(kMatterSealed), MatterBinding(columns), &matter.body));
  return matter;
}

absl::StatusOr<std::optional<Matter>> SqliteReadView::FindMatter(absl::string_view kind,
                                                                 MatterId id) {
  Query query(data(), Sql::kFindMatter);
  const bool found = query.Bind(id.value).Next();
  EHC_RETURN_IF_ERROR(query.status());
  if (!found || query.Blob(1) != kind) return std::nullopt;
  return OpenMatter(query);
}

absl::Status SqliteReadView::AppendMatters(Sql sql, int64_t key, const MatterFilter& filter,
                                           std::vector<Matter>* matters) {
  Query query(data(), sql);
  query.Bind(key).BindText(filter.kind);
  if (filter.due_before.has_value()) {
    query.Bind(absl::ToUnixMillis(*filter.due_before)).Bind(int64_t{filter.limit});
  } else {
    query.Bind(filter.after.value).Bind(int64_t{filter.only_open ? 1 : 0});
    query.Bind(int64_t{filter.limit});
  }
  while (query.Next()) {
    EHC_ASSIGN_OR_RETURN(Matter matter, OpenMatter(query));
    matters->push_back(std::move(matter));
  }
  return query.status();
}

absl::StatusOr<std::vector<Matter>> SqliteReadView::ListMatters(const MatterFilter& filter) {
  std::vector<Matter> matters;
  if (filter.opener.has_value() || filter.addressee.has_value()) {
    const bool opened = filter.opener.has_value();
    const AgencyId& agency = opened ? *filter.opener : *filter.addressee;
    Sql sql = opened ? Sql::kMattersOfOpener : Sql::kMattersOfAddressee;
    if (filter.due_before.has_value()) sql = Sql::kMattersDue;
    EHC_RETURN_IF_ERROR(AppendMatters(sql, context_.agencies.Find(agency), filter, &matters));
    return matters;
  }
  EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> numbers,
                       NumbersOf(filter.subject.value_or(SubjectId{})));
  for (const SubjectId number : numbers) {
    EHC_RETURN_IF_ERROR(AppendMatters(Sql::kMattersOfSubject, number.value, filter, &matters));
  }
  std::sort(matters.begin(), matters.end(),
            [](const Matter& a, const Matter& b) { return a.id < b.id; });
  if (matters.size() > static_cast<size_t>(filter.limit)) matters.resize(filter.limit);
  return matters;
}

absl::StatusOr<int64_t> SqliteReadView::ReadTally(const TallyKey& key) {
  const std::string digest = TallyDigest(context_.root, key);
  Query query(data(), Sql::kReadTally);
  const int64_t count = query.Bind(digest).Next() ? query.Integer(0) : 0;
  EHC_RETURN_IF_ERROR(query.status());
  return count;
}

absl::StatusOr<std::vector<hub::v1::Agency>> SqliteReadView::ListAgencies() {
  std::vector<hub::v1::Agency> agencies;
  Query query(data(), Sql::kListAgencies);
  while (query.Next()) EHC_RETURN_IF_ERROR(ParseTo(query.Blob(0), &agencies.emplace_back()));
  EHC_RETURN_IF_ERROR(query.status());
  return agencies;
}

absl::StatusOr<std::vector<PutCredential>> SqliteReadView::ListCredentials() {
  std::vector<PutCredential> credentials;
  Query query(data(), Sql::kListCredentials);
  while (query.Next()) {
    PutCredential& credential = credentials.emplace_back();
    credential.fingerprint = std::string(query.Blob(0));
    credential.agency = context_.agencies.NameOf(query.Integer(1));
    EHC_RETURN_IF_ERROR(ParseTo(query.Blob(2), &credential.value));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return credentials;
}

absl::StatusOr<std::optional<PutPolicy>> SqliteReadView::ActivePolicy() {
  Query query(data(), Sql::kActivePolicy);
  if (query.Next()) return PutPolicy{std::string(query.Blob(0)), std::string(query.Blob(1))};
  EHC_RETURN_IF_ERROR(query.status());
  return std::nullopt;
}

absl::StatusOr<std::vector<PutPolicyPaper>> SqliteReadView::PolicyPapers() {
  std::vector<PutPolicyPaper> papers;
  Query query(data(), Sql::kListPolicyPapers);
  while (query.Next()) {
    papers.push_back({std::string(query.Blob(0)), std::string(query.Blob(1)), false});
  }
  EHC_RETURN_IF_ERROR(query.status());
  return papers;
}

}  // namespace ehc
