// The agencies and credentials that this hub knows, as one immutable value read by every call.
#ifndef EHC_SERVER_IDENTITY_REGISTRY_H_
#define EHC_SERVER_IDENTITY_REGISTRY_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/signature.h"
#include "server/base/snapshot.h"
#include "server/identity/certificate.h"
#include "server/model/names.h"
#include "server/storage/store.h"

namespace ehc {

// When a key is honoured: active, and between its dates (both inclusive).
struct Validity {
  bool active = false;
  absl::Time not_before = absl::InfiniteFuture();
  absl::Time not_after = absl::InfinitePast();
};

struct AssertionKey {
  VerifyKey key;
  Validity validity;
  std::string person;  // the one for whom it signs; empty: whoever acts for the agency
};

struct RegisteredAgency {
  AgencyId id;
  std::string type;         // "NHS_TRUST"
  std::string region;       // the area that it serves; may be empty
  std::string contact;      // whom to ring: a serialised NamedContact; may be empty
  bool active = false;      // takes part
  bool onboarding = false;  // does not yet, but is let in
  bool is_let_in() const { return active || onboarding; }
  absl::flat_hash_map<std::string, std::string> units;            // id to kind, a vocabulary code
  absl::flat_hash_map<std::string, AssertionKey> assertion_keys;  // by VerifyKey::key_id()
  bool is_operator = false;
  // An operator's people and the roles of each: nobody else acts for it, and in no other role.
  // Other agencies vouch for their own people.
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> people;
};

struct RegisteredCertificate {
  const RegisteredAgency* agency = nullptr;
  std::string unit;  // empty: the whole agency
  Validity validity;
};

class RegistryData {
 public:
  // What cannot be understood (a key that does not parse, a credential of an unknown agency) is
  // left out, hence not honoured, and counted.
  static std::shared_ptr<const RegistryData> Create(const std::vector<hub::v1::Agency>& agencies,
                                                    const std::vector<PutCredential>& credentials,
                                                    uint64_t position);

  static absl::StatusOr<std::shared_ptr<const RegistryData>> Read(ReadView& view);

  const RegisteredAgency* FindAgency(absl::string_view id) const;
  const RegisteredCertificate* FindCertificate(absl::string_view fingerprint) const;

  // Whether a connection that was admitted with this certificate may go on.
  bool IsHonoured(absl::string_view fingerprint, absl::Time now) const;

  // The entry of a certificate whose own rules hold: enrolled for the agency and unit that it
  // names, honoured now, its agency not suspended. Errors are refusals (refusal.h).
  absl::StatusOr<const RegisteredCertificate*> Admit(const PeerCertificate& certificate,
                                                     absl::Time now) const;

  // The hub's operator; empty before there is one.
  const AgencyId& operator_agency() const { return operator_; }

  uint64_t position() const { return position_; }      // the store's, when this was read
  uint64_t generation() const { return generation_; }  // unique in the process
  int left_out() const { return left_out_; }

 private:
  explicit RegistryData(uint64_t position);
  void AddAgency(const hub::v1::Agency& agency);
  void AddCredential(const PutCredential& credential);
  bool AddCertificate(RegisteredAgency* agency, const PutCredential& credential);
  static bool AddAssertionKey(RegisteredAgency* agency, const PutCredential& credential);

  const uint64_t position_;
  const uint64_t generation_;
  int left_out_ = 0;
  AgencyId operator_;
  absl::flat_hash_map<std::string, std::unique_ptr<RegisteredAgency>> agencies_;
  absl::flat_hash_map<std::string, RegisteredCertificate> certificates_;
};

// Publishes the newest RegistryData. Thread safe. Knows nobody until the first Reload().
class AgencyRegistry {
 public:
  AgencyRegistry();

  // After OK, every later Current() on every thread sees at least what the store had committed when
  // this was called: reload before acknowledging a revocation or suspension. On failure the
  // registry stays as it was.
  absl::Status Reload(Store& store);

  // Valid until this thread's next call of Current().
  const RegistryData& Current() const { return *data_.GetCached(); }

  // Whether a peer may connect: its leaf certificate (the first of `pem`) keeps the rules and dates
  // and is admitted by the registry. Also for resumed sessions. Errors are refusals (refusal.h).
  absl::Status AdmitPeer(absl::string_view pem, absl::Time now) const;

  // Takes effect unless something newer is already there.
  void Publish(std::shared_ptr<const RegistryData> data);

 private:
  std::mutex publishing_;
  uint64_t published_position_ = 0;  // guarded by publishing_
  Snapshot<RegistryData> data_;
};

}  // namespace ehc

#endif  // EHC_SERVER_IDENTITY_REGISTRY_H_
