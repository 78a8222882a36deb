#include "ehchub/doctor.h"

#include <sys/stat.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-sdk/src/internal/credentials.h"
#include "client-sdk/src/internal/handshake_probe.h"
#include "client-sdk/src/retry_loop.h"
#include "ehchub/agency_admin_client.h"
#include "ehchub/audit_client.h"
#include "ehchub/error.h"
#include "ehchub/hub.h"
#include "ehchub/receipts.h"

namespace ehchub {
namespace {

using internal::CertificateInfo;
using internal::Credentials;
using internal::Door;

constexpr absl::Duration kPatience = absl::Seconds(5);
constexpr absl::Duration kSoon = absl::Hours(24 * 30);
constexpr absl::Duration kClockSkew = absl::Seconds(60);

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

// One examination after another; each may rest on what those before it found.
class Examination {
 public:
  Examination(const Profile& profile, const Options& options)
      : profile_(profile), options_(options), now_(internal::Now(options)) {}

  std::vector<Finding> Run() {
    if (Files()) {
      Certificate();
      PrivateKeys();
      AssertionKey();
      if (TheDoor()) Calls();
    }
    return std::move(findings_);
  }

 private:
  void Add(std::string check, Health health, std::string detail) {
    findings_.push_back({std::move(check), health, std::move(detail)});
  }

  bool Judge(const std::string& check, const absl::Status& status, const std::string& well) {
    Add(check, status.ok() ? Health::kWell : Health::kIll,
        status.ok() ? well : std::string(status.message()));
    return status.ok();
  }

  bool Files() {
    auto credentials = internal::LoadCredentials(profile_);
    if (!Judge("files", credentials.status(), "certificate, key and ca can be read")) return false;
    credentials_ = *std::move(credentials);
    return true;
  }

  void Certificate() {
    const auto certificate = internal::ReadCertificate(credentials_.certificate_pem);
    if (!certificate.ok()) {
      Judge("certificate", certificate.status(), "");
      return;
    }
    Dates(*certificate);
    Judge("key match", internal::CheckKeyMatches(credentials_), "the key is the certificate's");
    Judge("chain", internal::CheckChain(credentials_, now_),
          "the certificate is signed by an authority in ca");
    const auto agency = internal::AgencyOf(*certificate);
    Add("agency", agency ? Health::kWell : Health::kIll,
        agency ? *agency : "the certificate does not carry exactly one SPIFFE id of an agency");
  }

  void Dates(const CertificateInfo& certificate) {
    const absl::Status dates = internal::CheckDates(certificate, now_);
    const std::string until = absl::StrCat("good until ", DayOf(certificate.not_after));
    if (dates.ok() && certificate.not_after - now_ < kSoon) {
      Add("certificate dates", Health::kDoubtful,
          absl::StrCat(until, ", ", DaysTo(certificate.not_after), ": ask for a new one now"));
    } else {
      Judge("certificate dates", dates, until);
    }
  }

  // "expires in 12 days"
  std::string DaysTo(absl::Time end) const {
    const int64_t days = absl::ToInt64Hours(end - now_) / 24;
    return absl::StrCat("expires in ", days, days == 1 ? " day" : " days");
  }

  // Whoever looks after the agency's credentials sees which of them end soon, whosever they are.
  void Endings(const Hub& hub) {
    if (!profile_.acting_person.has_value() ||
        profile_.acting_person->role != "AGENCY_ADMINISTRATOR") {
      return;
    }
    v1::ListCredentialsRequest request;
    request.set_expiring_within_days(static_cast<int32_t>(kSoon / absl::Hours(24)));
    request.set_page_size(200);
    const auto ending = AgencyAdminClient(hub).ListCredentials(request);
    if (!ending.ok()) {
      Judge("credentials", ending.status(), "");
      return;
    }
    for (const v1::Credential& one : ending->credentials()) {
      Add("credential ends", Health::kDoubtful,
          absl::StrCat(one.name(), " ", DaysTo(absl::FromUnixSeconds(one.not_after().seconds())),
                       ": enrol its successor, then revoke it"));
    }
    if (ending->credentials().empty()) {
      Add("credentials", Health::kWell, "none of the agency's expires within 30 days");
    }
  }

  void PrivateKeys() {
    for (const std::string* path : {&profile_.key_path, &profile_.assertion_key_path}) {
      struct stat info;
      if (path->empty() || stat(path->c_str(), &info) != 0 || (info.st_mode & 077) == 0) continue;
      Add("private keys", Health::kDoubtful,
          absl::StrCat(*path, " can be read by others: chmod 600 ", *path));
    }
  }

  void AssertionKey() {
    if (!profile_.acting_person.has_value()) {
      Add("acting person", Health::kNotExamined,
          "none: status, existence and notifications only; content needs a named person");
      return;
    }
    const std::string& until = profile_.acting_person->training_until;
    if (!until.empty() && until < DayOf(now_)) {
      Add("training", Health::kIll, absl::StrCat("ended on ", until));
    }
  }

  bool TheDoor() {
    const auto probe =
        internal::ProbeHandshake(profile_.hub, profile_.server_name, credentials_, kPatience);
    const bool reached = probe.door != Door::kUnreachable;
    Add("hub reachable", reached ? Health::kWell : Health::kIll,
        reached ? profile_.hub : absl::StrCat(profile_.hub, ": ", probe.detail));
    if (!reached) return false;
    Add("handshake", probe.door == Door::kOpen ? Health::kWell : Health::kIll, probe.detail);
    return probe.door == Door::kOpen;
  }

  void Calls() {
    Options options = options_;
    options.settlement = Settlement::kByHand;
    options.deadline = kPatience;
    const auto hub = Hub::Open(profile_, options);
    if (!hub.ok()) {
      Judge("profile", hub.status(), "");
      return;
    }
    const auto checkpoint = AuditClient(*hub).GetCheckpoint({});
    Accepted(checkpoint.status());
    if (!checkpoint.ok()) return;
    TheClock(checkpoint->checkpoint());
    TheLog(*hub);
    Endings(*hub);
  }

  void Accepted(const absl::Status& status) {
    const HubError error = HubError::FromStatus(status);
    const char* check =
        profile_.acting_person.has_value() ? "assertion accepted" : "calls accepted";
    if (error.reason == v1::ERROR_REASON_ASSERTION_INVALID) {
      Add(check, Health::kIll,
          absl::StrCat(error.OneLine(),
                       "; is the assertion key enrolled, the audience the hub's "
                       "and this machine's clock right?"));
    } else {
      Add(check, status.ok() ? Health::kWell : Health::kIll,
          status.ok() ? "the hub answers" : error.OneLine());
    }
  }

  // A checkpoint may be old; it is never from the future.
  void TheClock(const v1::Checkpoint& checkpoint) {
    const absl::Time signed_at = absl::FromUnixSeconds(checkpoint.issued_at().seconds());
    if (signed_at > now_ + kClockSkew) {
      Add("clock", Health::kIll,
          absl::StrCat("this machine is at least ", absl::FormatDuration(signed_at - now_),
                       " behind the hub"));
    } else {
      Add("clock", Health::kWell, "not behind the hub's");
    }
  }

  void TheLog(const Hub& hub) {
    if (profile_.log_key.empty()) {
      Add("log", Health::kDoubtful,
          "no log_key and promise_key: calls that disclose will fail; ask the hub's operator");
      return;
    }
    const auto keys = LoadLogKeys(profile_);
    auto keeper =
        keys.ok() ? ReceiptKeeper::Create(*keys, profile_.receipts_path, options_) : keys.status();
    if (!keeper.ok()) {
      Judge("log", keeper.status(), "");
      return;
    }
    const auto checkpoint = (*keeper)->Advance(*MakeAuditConnection(hub));
    Judge("log", checkpoint.status(),
          checkpoint.ok() ? absl::StrCat(checkpoint->log_id, ", ", checkpoint->tree_size,
                                         " entries, consistent with what was seen before")
                          : "");
  }

  const Profile& profile_;
  const Options& options_;
  const absl::Time now_;
  Credentials credentials_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Examine(const Profile& profile, const Options& options) {
  return Examination(profile, options).Run();
}

}  // namespace ehchub
