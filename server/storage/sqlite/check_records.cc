#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/check_parts.h"
#include "server/storage/sqlite/matter_row.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

constexpr size_t kNameDigestSize = 16;

class RecordCheck {
 public:
  explicit RecordCheck(const CheckContext& context)
      : context_(context), report_(context.report), identities_(context) {}

  absl::Status Run() {
    EHC_RETURN_IF_ERROR(Keys());
    EHC_RETURN_IF_ERROR(Dossiers());
    EHC_RETURN_IF_ERROR(identities_.Finish());
    EHC_RETURN_IF_ERROR(Versions());
    EHC_RETURN_IF_ERROR(Parts());
    EHC_RETURN_IF_ERROR(Matters());
    EHC_RETURN_IF_ERROR(Requests());
    return References();
  }

 private:
  using Row = absl::FunctionRef<void(Query&)>;

  absl::Status Each(const char* table, const std::string& sql, Row check) {
    return ForEachRow(context_, table, sql, check);
  }

  void Find(absl::string_view table, int64_t number, absl::string_view what) {
    report_.Find(absl::StrCat(table, " ", number), what);
  }

  bool Unwraps(int64_t kek, absl::string_view wrapped, const Binding& binding) {
    return context_.keys.Unwrap(kek, wrapped, binding).ok();
  }

  absl::Status Keys() {
    EHC_RETURN_IF_ERROR(
        Each("data_key", "SELECT number, subject, custodian, class, kek, wrapped FROM data_key",
             [this](Query& row) {
               const Binding binding = DataKeyBinding(row.Integer(0), row.Integer(1),
                                                      row.Integer(2), std::string(row.Blob(3)));
               if (!Unwraps(row.Integer(4), row.Blob(5), binding)) {
                 Find("data_key", row.Integer(0), "does not unwrap");
               }
             }));
    EHC_RETURN_IF_ERROR(
        Each("dossier_key", "SELECT subject, kek, wrapped FROM dossier_key", [this](Query& row) {
          if (!Unwraps(row.Integer(1), row.Blob(2), DossierKeyBinding(row.Integer(0)))) {
            Find("dossier_key", row.Integer(0), "does not unwrap");
          }
        }));
    EHC_RETURN_IF_ERROR(
        Each("audit_key",
             "SELECT subject, generation, kek, wrapped FROM audit_key WHERE wrapped IS NOT NULL",
             [this](Query& row) {
               if (!Unwraps(row.Integer(2), row.Blob(3),
                            AuditKeyBinding(row.Integer(0), row.Integer(1)))) {
                 Find("audit_key", row.Integer(0), "does not unwrap");
               }
             }));
    return Each("denial_key", "SELECT day, wrapped FROM denial_key", [this](Query& row) {
      if (!context_.keys.UnwrapDenialKey(row.Integer(0), row.Blob(1)).ok()) {
        Find("denial_key", row.Integer(0), "does not unwrap");
      }
    });
  }

  absl::Status Dossiers() {
    return Each("dossier",
                "SELECT d.subject, d.sealed, k.kek, k.wrapped FROM dossier d"
                " LEFT JOIN dossier_key k ON k.subject = d.subject",
                [this](Query& row) {
                  const int64_t subject = row.Integer(0);
                  if (row.IsNull(3)) {
                    ++report_.erased;
                    return;
                  }
                  auto key =
                      context_.keys.Unwrap(row.Integer(2), row.Blob(3), DossierKeyBinding(subject));
                  if (key.ok()) CheckDossier(*key, row.Blob(1), subject);
                });
  }

  void CheckDossier(const SealingKey& key, absl::string_view sealed, int64_t subject) {
    std::string bytes;
    store::v1::Dossier dossier;
    if (!key.OpenTo(sealed, Binding(SealedUse::kDossier).Id(subject), &bytes).ok()) {
      Find("dossier", subject, "does not open");
    } else if (!dossier.ParseFromString(bytes)) {
      Find("dossier", subject, "is malformed");
    } else {
      identities_.Note(subject, dossier);
    }
    EraseString(&bytes);
  }

  void CheckSealed(const SealingKey& key, absl::string_view sealed, const Binding& binding,
                   absl::string_view table, int64_t number) {
    std::string value;
    if (!key.OpenTo(sealed, binding, &value).ok()) Find(table, number, "does not open");
    EraseString(&value);
  }

  // The data key of the row's columns from `first` on: number, subject, custodian, class, kek,
  // wrapped.
  std::optional<SealingKey> DataKeyIn(Query& row, int first) {
    if (row.IsNull(first)) return std::nullopt;
    auto key = context_.keys.Unwrap(
        row.Integer(first + 4), row.Blob(first + 5),
        DataKeyBinding(row.Integer(first), row.Integer(first + 1), row.Integer(first + 2),
                       std::string(row.Blob(first + 3))));
    if (!key.ok()) return std::nullopt;
    return *std::move(key);
  }

  // Each record's versions are 1, 2, … up to its own, and its head is that of the last.
  absl::Status Versions() {
    int64_t record = 0;
    int64_t expected = 1;
    EHC_RETURN_IF_ERROR(Each(
        "record_version",
        "SELECT v.place, v.head, k.number, k.subject, k.custodian, k.class, k.kek, k.wrapped"
        " FROM record_version v LEFT JOIN data_key k ON k.number = v.data_key ORDER BY v.place",
        [&](Query& row) {
          const int64_t number = row.Integer(0) >> kVersionBits;
          const int64_t version = row.Integer(0) & kMaxVersion;
          if (number != record) expected = 1;
          record = number;
          if (version != expected) {
            report_.Find(absl::StrCat("record ", number, " version ", expected), "is missing");
          }
          expected = version + 1;
          const std::optional<SealingKey> key = DataKeyIn(row, 2);
          if (!key.has_value()) {
            ++report_.erased;
            return;
          }
          std::string value;
          const Binding binding = Binding(SealedUse::kRecordHead).Id(number).Id(version);
          if (!key->OpenTo(row.Blob(1), binding, &value).ok()) {
            report_.Find(absl::StrCat("record ", number, " version ", version), "does not open");
          }
          EraseString(&value);
        }));
    return Each(
        "record",
        absl::StrCat("SELECT r.number FROM record r LEFT JOIN record_version v ON v.place ="
                     " (r.number << ",
                     kVersionBits,
                     ") | r.version"
                     " WHERE v.place IS NULL OR v.head <> r.head OR EXISTS (SELECT 1 FROM"
                     " record_version n WHERE n.place > v.place AND n.place <"
                     " (r.number + 1) << ",
                     kVersionBits, ")"),
        [this](Query& row) { Find("record", row.Integer(0), "is not at its newest version"); });
  }

  absl::Status Parts() {
    return Each(
        "part",
        absl::StrCat("SELECT p.place, p.code, p.sealed, k.number, k.subject, k.custodian, k.class,"
                     " k.kek, k.wrapped, v.place FROM part p"
                     " LEFT JOIN record_version v ON v.place = p.place >> ",
                     kOrdinalBits, " LEFT JOIN data_key k ON k.number = v.data_key"),
        [this](Query& row) {
          const int64_t place = row.Integer(0) >> kOrdinalBits;
          const int64_t number = place >> kVersionBits;
          const int64_t version = place & kMaxVersion;
          if (row.IsNull(9)) return Find("part of record", number, "has no version");
          const std::optional<SealingKey> key = DataKeyIn(row, 3);
          if (!key.has_value()) return;
          const Binding binding =
              Binding(SealedUse::kPart).Id(number).Id(version).Text(row.Blob(1));
          std::string value;
          if (!key->OpenTo(row.Blob(2), binding, &value).ok()) {
            report_.Find(absl::StrCat("part of record ", number, " version ", version),
                         "does not open");
          }
          EraseString(&value);
        });
  }

  absl::Status Matters() {
    return Each("matter",
                "SELECT number, kind, opener, addressee, subject, revision, open, due_ms, kek,"
                " wrapped, sealed FROM matter",
                [this](Query& row) {
                  if (row.IsNull(kMatterWrapped)) {
                    ++report_.erased;
                    return;
                  }
                  const MatterRow columns = ReadMatterRow(row);
                  auto key = context_.keys.Unwrap(columns.kek, row.Blob(kMatterWrapped),
                                                  MatterKeyBinding(columns.number));
                  if (!key.ok()) return Find("matter", columns.number, "has a key that fails");
                  CheckSealed(*key, row.Blob(kMatterSealed), MatterBinding(columns), "matter",
                              columns.number);
                });
  }

  // Of an idempotency row only the shape can be wrong: its key is a digest.
  absl::Status Requests() {
    return Each("request", "SELECT length(key), length(digest), at_ms, resource FROM request",
                [this](Query& row) {
                  const bool right =
                      row.Integer(0) == kNameDigestSize && row.Integer(1) > 0 && row.Integer(2) > 0;
                  if (!right) report_.Find("request", "an idempotency row is malformed");
                });
  }

  absl::Status References() {
    const std::pair<const char*, const char*> rules[] = {
        {"SELECT count(*) FROM identifier i LEFT JOIN dossier d ON d.subject = i.subject"
         " WHERE d.subject IS NULL",
         "identifier row(s) name a child without a dossier"},
        {"SELECT count(*) FROM record_change c LEFT JOIN record r ON r.number = c.record"
         " WHERE c.version > r.version OR (r.number IS NULL AND"  // erased, or astray
         " (NOT EXISTS (SELECT 1 FROM erasure) OR"
         " c.record >= (SELECT next FROM counter WHERE name = 'record')))",
         "record_change row(s) name a version that no record has"},
        {"SELECT count(*) FROM matter_event v LEFT JOIN matter m ON m.number = v.matter"
         " WHERE m.number IS NULL",
         "matter_event row(s) name a matter that there is not"},
        {"SELECT count(*) FROM counter c WHERE (c.name = 'record' AND c.next <="
         " (SELECT max(number) FROM record)) OR (c.name = 'matter' AND c.next <="
         " (SELECT max(number) FROM matter)) OR (c.name = 'subject' AND c.next <="
         " (SELECT max(subject) FROM dossier))",
         "counter(s) would give out a number again"},
        {"SELECT count(*) FROM record r LEFT JOIN agency a ON a.number = r.custodian"
         " WHERE a.number IS NULL",
         "record row(s) name an agency that is not there"},
    };
    for (const auto& [sql, what] : rules) {
      EHC_ASSIGN_OR_RETURN(const int64_t count, context_.database.QueryInteger(sql));
      if (count > 0) report_.Find("references", absl::StrCat(count, " ", what));
    }
    return absl::OkStatus();
  }

  const CheckContext& context_;
  StoreCheckReport& report_;
  IdentityCheck identities_;
};

}  // namespace

absl::Status ForEachRow(const CheckContext& context, const char* table, const std::string& sql,
                        absl::FunctionRef<void(Query&)> check) {
  Query query(context.database, sql);
  int64_t done = 0;
  context.Progress(table, done);
  while (query.Next()) {
    check(query);
    context.Progress(table, ++done);
  }
  return query.status();
}

absl::Status CheckRecordRows(const CheckContext& context) { return RecordCheck(context).Run(); }

}  // namespace ehc
