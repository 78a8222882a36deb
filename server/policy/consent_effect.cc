#include "server/policy/consent_effect.h"

#include <algorithm>

#include "absl/numeric/bits.h"
#include "server/policy/compiled.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

bool IsMeant(const OrganisationBox& box, const PolicyRequest& request, const TermList& types) {
  switch (box.kind) {
    case OrganisationBox::Kind::kAny: return true;
    case OrganisationBox::Kind::kAgency: return box.agency == request.agency.value();
    case OrganisationBox::Kind::kTypeInRegion:
      if (box.region != request.region) return false;
      [[fallthrough]];
    case OrganisationBox::Kind::kType: {
      const std::vector<int> meant = types.WithNarrower(box.type);
      return std::find(meant.begin(), meant.end(), types.Find(request.agency_type)) != meant.end();
    }
  }
  return false;
}

// The readers whom one clause means, as requests that state what it asks for.
class ClauseReaders {
 public:
  ClauseReaders(const ClauseBox& box, const CompiledPolicy& policy, const PolicyRequest& request,
                absl::Time now)
      : box_(box), words_(policy.vocabulary), request_(request), now_(now) {}

  // False: the clause has nothing to do with what is asked.
  bool Concerns() const {
    if (box_.effect != Effect::kPermit || box_.break_glass.has_value()) return false;
    if ((box_.disclosures & DisclosureBit(DisclosureKind::kContent)) == 0) return false;
    const int purpose = words_.purposes.Find(request_.purpose);
    if (!box_.any_purpose &&
        !std::binary_search(box_.purposes.begin(), box_.purposes.end(), purpose)) {
      return false;
    }
    return std::any_of(box_.covers.begin(), box_.covers.end(), [&](const CoverBox& cover) {
      return words_.record_info[cover.record_type].schema.record_type == request_.record_type &&
             (cover.parts & request_.parts) != 0;
    });
  }

  std::vector<PolicyRequest> All() const {
    std::vector<PolicyRequest> readers;
    for (const OrganisationBox& recipient : box_.recipients) {
      if (!IsMeant(recipient, request_, words_.agency_types)) continue;
      PolicyRequest reader = Stating();
      if (!recipient.units.empty()) reader.unit = UnitId(recipient.units[0]);
      for (int role = 0; role < words_.roles.size(); ++role) {
        if (!box_.any_role && !box_.roles[role]) continue;
        reader.role = words_.roles[role].code;
        readers.push_back(reader);
      }
    }
    return readers;
  }

 private:
  static std::string First(uint64_t bits, const TermList& list) {
    return bits == 0 ? "" : list[absl::countr_zero(bits)].code;
  }

  // A gateway of consent before any other.
  std::string Gateway() const {
    for (int i = 0; i < words_.gateways.size(); ++i) {
      if ((box_.gateways >> i & 1) != 0 && words_.gateway_info[i].is_consent) {
        return words_.gateways[i].code;
      }
    }
    return First(box_.gateways, words_.gateways);
  }

  PolicyRequest Stating() const {
    PolicyRequest reader = request_;
    reader.disclosure = DisclosureKind::kContent;
    reader.user = "reader";
    reader.strong_authentication = true;
    reader.training_valid_until = now_ + absl::Hours(24);
    reader.agreement = box_.info.agreement;
    reader.lawful_basis = First(box_.lawful_bases, words_.lawful_bases);
    reader.special_category_basis = First(box_.special_bases, words_.special_bases);
    reader.gateway = Gateway();
    if (reader.case_reference.empty()) reader.case_reference = "reference";
    reader.considered_by = reader.detriment_assessment = "stated";
    return reader;
  }

  const ClauseBox& box_;
  const Vocabulary& words_;
  const PolicyRequest& request_;
  const absl::Time now_;
};

// Leaves out roles for which a wider one stands.
void KeepWidest(const TermList& roles, std::vector<std::string>& codes) {
  const std::vector<std::string> all = codes;
  codes.erase(std::remove_if(codes.begin(), codes.end(),
                             [&](const std::string& code) {
                               const int parent = roles[roles.Find(code)].parent;
                               return parent >= 0 && std::find(all.begin(), all.end(),
                                                               roles[parent].code) != all.end();
                             }),
              codes.end());
}

}  // namespace

std::vector<ConsentOpening> OpeningsOf(const PolicyRequest& request, const Facts& without,
                                       const Facts& with, absl::Time now,
                                       const PolicySnapshot& snapshot) {
  const CompiledPolicy& policy = snapshot.compiled();
  std::vector<ConsentOpening> openings;
  const auto of = [&](const AgreementId& agreement) -> ConsentOpening& {
    for (ConsentOpening& one : openings) {
      if (one.agreement == agreement) return one;
    }
    const AgreementSummary* summary = snapshot.FindAgreement(agreement);
    openings.push_back(
        {agreement, {}, 0, 0, summary == nullptr ? absl::InfiniteFuture() : summary->until});
    return openings.back();
  };
  for (const ClauseBox& box : policy.boxes) {
    const ClauseReaders readers(box, policy, request, now);
    if (!readers.Concerns()) continue;
    for (const PolicyRequest& reader : readers.All()) {
      const PartMask open = Decide(reader, with, now, snapshot).granted;
      const PartMask before = Decide(reader, without, now, snapshot).granted;
      ConsentOpening& opening = of(box.info.agreement);
      opening.opened |= open & ~before;
      opening.open_anyway |= before;
      if (open != 0 && std::find(opening.roles.begin(), opening.roles.end(), reader.role) ==
                           opening.roles.end()) {
        opening.roles.push_back(reader.role);
      }
    }
  }
  for (ConsentOpening& opening : openings) KeepWidest(policy.vocabulary.roles, opening.roles);
  return openings;
}

}  // namespace ehc
