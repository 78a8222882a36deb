#include "server/policy/analyse.h"

#include <algorithm>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "server/policy/box_algebra.h"
#include "server/policy/compiled.h"

namespace ehc {
namespace {

class Analyst {
 public:
  Analyst(const PolicySnapshot& snapshot, absl::Time now, const AnalyseOptions& options)
      : snapshot_(snapshot), policy_(snapshot.compiled()), now_(now), options_(options) {}

  std::vector<Finding> Run() {
    for (size_t i = 0; i < policy_.boxes.size(); ++i) {
      if (policy_.boxes[i].effect == Effect::kForbid) forbids_.push_back(i);
      if (!policy_.boxes[i].obligations.empty()) obliging_.push_back(i);
    }
    for (size_t i = 0; i < policy_.boxes.size(); ++i) {
      CheckReachable(i);
      CheckWords(i);
      if (policy_.boxes[i].effect != Effect::kPermit) continue;
      CheckGround(i);
      CheckForbidden(i);
    }
    CheckClashes();
    for (size_t i = 0; i < snapshot_.agreements().size(); ++i) CheckAgreement(i);
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
      return std::tie(a.place.file, a.place.line, a.code) <
             std::tie(b.place.file, b.place.line, b.code);
    });
    return std::move(findings_);
  }

 private:
  void Find(Severity severity, absl::string_view code, size_t clause, std::string sentence) {
    const ClauseBox& box = policy_.boxes[clause];
    findings_.push_back({severity, std::string(code), box.place, box.info.agreement.value(),
                         box.info.id, std::move(sentence), ExampleRequest(snapshot_, clause)});
  }

  void CheckReachable(size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    const auto unreachable = [&](absl::string_view why) {
      Find(Severity::kError, "CLAUSE_UNREACHABLE", number,
           absl::StrCat("nothing can ever meet the clause: ", why, "; correct or remove it"));
    };
    if (box.from >= box.until) unreachable("its days lie outside the agreement's");
    if (box.covers.empty()) unreachable("it covers no record type with parts");
    for (size_t i = 0; i < box.guards.size(); ++i) {
      for (size_t j = i + 1; j < box.guards.size(); ++j) {
        if (!Contradict(box.guards[i], box.guards[j], box.effect)) continue;
        unreachable("two of its conditions exclude each other");
        return;
      }
    }
    const auto all_off = [&](uint64_t bits, const TermList& list) {
      if (bits == 0 || bits == ~uint64_t{0}) return false;
      for (int i = 0; i < list.size(); ++i) {
        if (((bits >> i) & 1u) != 0 && !list[i].switched_off) return false;
      }
      return true;
    };
    if (all_off(box.gateways, policy_.vocabulary.gateways)) {
      unreachable("every gateway it accepts is switched off");
    }
  }

  void CheckWords(size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    const auto check = [&](int term, const TermList& list) {
      const TermInfo& info = list[term];
      if (!info.switched_off && info.from < box.until && info.until > box.from) return;
      Find(Severity::kWarning, "CODE_OUT_OF_USE", number,
           absl::StrCat("'", info.code, "' is not in use while the clause is; remove it"));
    };
    for (int purpose : box.purposes) check(purpose, policy_.vocabulary.purposes);
    for (int i = 0; i < policy_.vocabulary.gateways.size(); ++i) {
      if (box.gateways != ~uint64_t{0} && ((box.gateways >> i) & 1u) != 0) {
        check(i, policy_.vocabulary.gateways);
      }
    }
    const auto& head = policy_.document.agreements[box.agreement].message;
    for (int purpose : box.purposes) {
      if (box.effect == Effect::kForbid || Declared(head, purpose)) continue;
      Find(Severity::kWarning, "PURPOSE_UNDECLARED", number,
           absl::StrCat("'", policy_.vocabulary.purposes[purpose].code,
                        "' is not among the agreement's purposes; declare it or remove it"));
    }
  }

  // A declared purpose declares the narrower ones.
  bool Declared(const policy_proto::Agreement& head, int purpose) const {
    const TermList& purposes = policy_.vocabulary.purposes;
    for (int at = purpose; at != -1; at = purposes[at].parent) {
      if (std::find(head.purpose().begin(), head.purpose().end(), purposes[at].code) !=
          head.purpose().end()) {
        return true;
      }
    }
    return false;
  }

  void CheckGround(size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    const Vocabulary& words = policy_.vocabulary;
    for (int i = 0; i < words.purposes.size(); ++i) {
      if (!box.any_purpose && !std::binary_search(box.purposes.begin(), box.purposes.end(), i)) {
        continue;
      }
      const PurposeInfo& purpose = words.purpose_info[i];
      if ((purpose.lawful_bases & box.lawful_bases) == 0) {
        Find(Severity::kError, "PURPOSE_WITHOUT_BASIS", number,
             absl::StrCat("none of its lawful bases carries the purpose '", words.purposes[i].code,
                          "'; name one that does"));
      }
      if (purpose.statutory && !purpose.terms.consent_consulted &&
          box.consent != ConsentRule::kNotConsulted) {
        Find(Severity::kError, "CONSENT_FOR_DUTY", number,
             absl::StrCat("the statutory purpose '", words.purposes[i].code,
                          "' waits on nobody's consent; say NOT_CONSULTED and ask for the reason"));
      }
      for (int basis = 0; purpose.statutory && basis < words.lawful_bases.size(); ++basis) {
        if (!words.basis_is_consent[basis] || ((box.lawful_bases >> basis) & 1u) == 0 ||
            box.lawful_bases == ~uint64_t{0}) {
          continue;
        }
        Find(Severity::kError, "CONSENT_AS_BASIS", number,
             absl::StrCat("consent is no basis for the statutory purpose '", words.purposes[i].code,
                          "'; rest it on the law"));
      }
    }
    CheckGateway(number);
  }

  void CheckGateway(size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    const Vocabulary& words = policy_.vocabulary;
    if ((box.disclosures & DisclosureBit(DisclosureKind::kContent)) == 0) return;
    for (const CoverBox& cover : box.covers) {
      if (box.gateways != 0 || !words.record_info[cover.record_type].needs_gateway) continue;
      Find(Severity::kError, "CONTENT_WITHOUT_GATEWAY", number,
           absl::StrCat("content of ", words.record_types[cover.record_type].code,
                        " needs a gateway through confidentiality; name it"));
      return;
    }
    for (int i = 0; i < words.gateways.size(); ++i) {
      const bool consent = words.gateway_info[i].is_consent && ((box.gateways >> i) & 1u) != 0;
      if (!consent || box.consent == ConsentRule::kRequired || box.break_glass.has_value()) {
        continue;
      }
      Find(Severity::kError, "CONSENT_GATEWAY_UNASKED", number,
           absl::StrCat("the gateway '", words.gateways[i].code,
                        "' is consent, but the clause does not require any; say REQUIRED"));
    }
  }

  // Parts that single forbids take, each covering the clause in everything else.
  void CheckForbidden(size_t number) {
    const ClauseBox& box = policy_.boxes[number];
    std::vector<PartMask> left;
    for (const CoverBox& cover : box.covers) left.push_back(cover.parts);
    size_t by = 0;
    bool any = false;
    for (size_t forbid : forbids_) {
      const ClauseBox& outer = policy_.boxes[forbid];
      if (outer.guards.size() > box.guards.size() || !CoversButParts(outer, box)) continue;
      if (outer.break_glass_may_override && box.break_glass.has_value()) continue;
      by = forbid;
      any = true;
      for (size_t i = 0; i < left.size(); ++i) {
        left[i] &= ~PartsOf(outer, box.covers[i].record_type);
      }
    }
    const bool nothing_left =
        std::all_of(left.begin(), left.end(), [](PartMask parts) { return parts == 0; });
    if (!any || !nothing_left) return;
    Find(Severity::kError, "PERMIT_FORBIDDEN", number,
         absl::StrCat("everything it permits is forbidden, at last by '", policy_.boxes[by].info.id,
                      "' (", policy_.boxes[by].place.ToString(), "); one of them is wrong"));
  }

  bool Clash(const ObligationInfo& a, const ObligationInfo& b) const {
    const int number = policy_.vocabulary.obligations.Find(a.code);
    const auto& clashing = policy_.vocabulary.obligation_info[number].clashes_with;
    return std::find(clashing.begin(), clashing.end(), b.code) != clashing.end();
  }

  bool OneLineage(const ClauseBox& a, const ClauseBox& b) const {
    const auto in = [&](int below, int above) {
      const auto& lineage = policy_.agreements[below].lineage;
      return std::find(lineage.begin(), lineage.end(), static_cast<uint32_t>(above)) !=
             lineage.end();
    };
    return in(a.agreement, b.agreement) || in(b.agreement, a.agreement);
  }

  // Agreements without parents meet only themselves, so their clauses are neighbours in canonical
  // order; the others are compared with all.
  void CheckClashes() {
    for (size_t i = 0; i < obliging_.size(); ++i) {
      const ClauseBox& a = policy_.boxes[obliging_[i]];
      for (size_t j = i + 1; j < obliging_.size(); ++j) {
        const ClauseBox& b = policy_.boxes[obliging_[j]];
        if (a.agreement != b.agreement && !has_parents_) break;
        if (a.agreement == b.agreement || OneLineage(a, b)) CheckClash(obliging_[i], obliging_[j]);
      }
    }
  }

  void CheckClash(size_t first, size_t second) {
    const ClauseBox& a = policy_.boxes[first];
    const ClauseBox& b = policy_.boxes[second];
    if (a.effect == Effect::kForbid || b.effect == Effect::kForbid) return;
    for (const ObligationInfo& one : a.obligations) {
      for (const ObligationInfo& other : b.obligations) {
        if (!Clash(one, other) || !Overlap(a, b)) continue;
        Find(Severity::kError, "OBLIGATIONS_CLASH", second,
             absl::StrCat("its ", other.code, " and the ", one.code, " of '", a.info.id, "' (",
                          a.place.ToString(), ") can fall on one disclosure; drop one"));
        return;
      }
    }
  }

  void FindAgreement(const AgreementSummary& summary, Severity severity, absl::string_view code,
                     std::string sentence) {
    findings_.push_back({severity, std::string(code), Place{summary.file, summary.line, 1},
                         summary.id.value(), "", std::move(sentence), std::nullopt});
  }

  void CheckAgreement(size_t number) {
    const AgreementSummary& summary = snapshot_.agreements()[number];
    const auto warn = [&](absl::string_view code, std::string sentence) {
      FindAgreement(summary, Severity::kWarning, code, std::move(sentence));
    };
    if (now_ >= summary.until) {
      warn("AGREEMENT_EXPIRED", "the agreement has ended; renew it or remove the file");
    } else if (now_ + options_.lapse_warning >= summary.until) {
      warn("AGREEMENT_LAPSING",
           absl::StrCat("the agreement ends with ", FormatDate(LondonDate(summary.until) - 1),
                        "; renew it before"));
    }
    if (LondonDate(now_) > summary.review_due) {
      warn("REVIEW_OVERDUE",
           absl::StrCat("the review was due on ", FormatDate(summary.review_due), "; hold it"));
    }
    const auto& head = policy_.document.agreements[number].message;
    for (const policy_proto::Party& party : head.party()) {
      if (!options_.enrolled.has_value() || party.agency().empty() ||
          options_.enrolled->contains(AgencyId(party.agency()))) {
        continue;
      }
      warn("PARTY_NOT_ENROLLED",
           absl::StrCat("'", party.agency(), "' is not enrolled with the hub; enrol it"));
    }
    if (summary.signed_by.empty()) {
      warn("AGREEMENT_UNSIGNED", "no party has signed the agreement as it stands; have it signed");
    }
  }

  const PolicySnapshot& snapshot_;
  const CompiledPolicy& policy_;
  const absl::Time now_;
  const AnalyseOptions& options_;
  const bool has_parents_ =
      std::any_of(policy_.agreements.begin(), policy_.agreements.end(),
                  [](const CompiledAgreement& agreement) { return agreement.lineage.size() > 1; });
  std::vector<size_t> forbids_;
  std::vector<size_t> obliging_;
  std::vector<Finding> findings_;
};

template <typename Bits>
std::string FirstCode(const TermList& list, const Bits& is_in) {
  for (int i = 0; i < list.size(); ++i) {
    if (is_in(i)) return list[i].code;
  }
  return "";
}

}  // namespace

std::vector<Finding> Analyse(const PolicySnapshot& snapshot, absl::Time now,
                             const AnalyseOptions& options) {
  return Analyst(snapshot, now, options).Run();
}

PolicyRequest ExampleRequest(const PolicySnapshot& snapshot, size_t clause) {
  const CompiledPolicy& policy = snapshot.compiled();
  const Vocabulary& words = policy.vocabulary;
  const ClauseBox& box = policy.boxes[clause];
  PolicyRequest request;
  const auto place = [&](const OrganisationBox& organisation, AgencyId* agency, std::string* type,
                         std::string* region, UnitId* unit) {
    *agency = AgencyId(organisation.agency.empty() ? "any-agency" : organisation.agency);
    if (organisation.type >= 0) *type = words.agency_types[organisation.type].code;
    *region = organisation.region;
    if (!organisation.units.empty()) *unit = UnitId(organisation.units[0]);
  };
  place(box.recipients[0], &request.agency, &request.agency_type, &request.region, &request.unit);
  place(box.suppliers[0], &request.custodian, &request.custodian_type, &request.custodian_region,
        &request.custodian_unit);
  const auto bit = [](uint64_t bits) { return [bits](int i) { return ((bits >> i) & 1u) != 0; }; };
  request.user = "somebody";
  request.role = FirstCode(words.roles, [&](int i) { return box.any_role || box.roles[i]; });
  request.purpose = box.any_purpose || box.purposes.empty()
                        ? FirstCode(words.purposes, [](int) { return true; })
                        : words.purposes[box.purposes[0]].code;
  request.lawful_basis = FirstCode(words.lawful_bases, bit(box.lawful_bases));
  request.special_category_basis = FirstCode(words.special_bases, bit(box.special_bases));
  request.gateway = FirstCode(words.gateways, bit(box.gateways));
  request.agreement = box.info.agreement;
  request.disclosure = static_cast<DisclosureKind>(absl::countr_zero(box.disclosures));
  if (!box.covers.empty()) {
    request.record_type = words.record_types[box.covers[0].record_type].code;
    request.parts = box.covers[0].parts;
  }
  if (box.break_glass.has_value()) request.break_glass = BreakGlass{"an emergency", true};
  request.case_reference = "a case";
  return request;
}

int ShapeCount(const PolicySnapshot& snapshot) {
  ShapeSet grants = 0;
  for (const CompiledAgreement& agreement : snapshot.compiled().agreements) {
    grants |= agreement.grant_shapes;
  }
  return absl::popcount(grants) + absl::popcount(snapshot.compiled().forbid_shapes);
}

std::string FindingText(const Finding& finding) {
  return absl::StrCat(finding.place.ToString(), ": ",
                      finding.severity == Severity::kError ? "error" : "warning", ": ",
                      finding.code, ": ", finding.clause, finding.clause.empty() ? "" : ": ",
                      finding.sentence);
}

}  // namespace ehc
