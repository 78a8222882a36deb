#include "server/policy/pathways.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/pathway.pb.h"
#include "server/model/date.h"
#include "server/policy/codes.h"
#include "server/policy/vocabulary.h"

namespace ehc {
namespace {

using policy_proto::Pathway;
using policy_proto::PathwayTransition;

constexpr char kAny[] = "ANY";
constexpr uint32_t kOldest = 26;

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= 48 && absl::ascii_islower(id[0]) &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

class Checker {
 public:
  Checker(const Pathway& pathway, const Located& at, const Vocabulary& words, Problems* problems)
      : pathway_(pathway), at_(at), words_(words), problems_(problems) {
    for (const auto& state : pathway.state()) {
      states_.insert(state.code());
      if (state.final()) final_.insert(state.code());
    }
    for (const auto& outcome : pathway.outcome()) outcomes_.insert(outcome.code());
  }

  void Check() {
    CheckHead();
    CheckStates();
    CheckTransitions();
    CheckReached();
    CheckPanels();
    CheckLists();
    CheckClocks();
  }

 private:
  template <typename... Words>
  void Complain(absl::string_view field, int index, const Words&... what) {
    problems_->Add(at_.PlaceOf(pathway_, field, index), field, absl::StrCat(what...));
  }

  void CheckHead() {
    if (!IsId(pathway_.id())) Complain("id", -1, "use lower case, digits and hyphens");
    if (pathway_.version() == 0) Complain("version", -1, "counts from 1");
    if (pathway_.title().empty()) Complain("title", -1, "left out; say what it is called");
    if (pathway_.source().empty()) Complain("source", -1, "left out; say where it is from");
    if (!IsId(pathway_.unit())) Complain("unit", -1, "not a unit's id");
    if (!IsId(pathway_.authority())) Complain("authority", -1, "not an agency's id");
    for (const char* field : {"from", "until"}) {
      const std::string& day = *field == 'f' ? pathway_.from() : pathway_.until();
      if (!day.empty() && !ParseIsoDate(day).ok()) {
        Complain(field, -1, "not a day of the calendar; write YYYY-MM-DD");
      }
    }
    if (pathway_.channel().empty()) Complain("channel", -1, "left out; say how referrals come");
    for (int i = 0; i < pathway_.channel_size(); ++i) {
      hub::v1::ReferralChannel known;
      if (!hub::v1::ReferralChannel_Parse("REFERRAL_CHANNEL_" + pathway_.channel(i), &known)) {
        Complain("channel", i, "'", pathway_.channel(i), "' is no channel; ONLINE or TRADITIONAL");
      }
    }
  }

  void CheckStates() {
    if (pathway_.state().empty()) Complain("state", -1, "there is none");
    if (states_.size() != static_cast<size_t>(pathway_.state_size())) {
      Complain("state", -1, "a code is defined twice");
    }
    for (int i = 0; i < pathway_.state_size(); ++i) {
      const auto& state = pathway_.state(i);
      hub::v1::ReferralStage shown;
      if (!IsCode(state.code()) || state.code() == kAny) Complain("state", i, "not a code");
      if (!hub::v1::ReferralStage_Parse("REFERRAL_STAGE_" + state.shown_as(), &shown) ||
          shown == hub::v1::REFERRAL_STAGE_UNSPECIFIED) {
        Complain("state", i, "shown_as: '", state.shown_as(), "' is no stage");
      }
    }
    if (pathway_.state_size() > 0 && pathway_.state(0).final()) {
      Complain("state", 0, "the first state is where a referral begins; it is not final");
    }
  }

  void CheckTransitions() {
    std::set<std::pair<std::string, int>> seen;
    for (int i = 0; i < pathway_.transition_size(); ++i) {
      const PathwayTransition& one = pathway_.transition(i);
      if (one.event() == policy_proto::PATHWAY_EVENT_UNSPECIFIED) {
        Complain("transition", i, "event: left out");
      }
      if (states_.count(one.to()) == 0)
        Complain("transition", i, "to: '", one.to(), "' is no state");
      if (one.from().empty()) Complain("transition", i, "from: left out");
      for (const std::string& from : one.from()) {
        if (from != kAny && states_.count(from) == 0) {
          Complain("transition", i, "from: '", from, "' is no state");
        }
        if (final_.count(from) > 0) Complain("transition", i, "from: '", from, "' is final");
        if (!seen.emplace(from, one.event()).second) {
          Complain("transition", i, "from: '", from, "' has a transition for this event already");
        }
      }
      for (const std::string& role : one.role()) {
        if (words_.roles.Find(role) < 0) {
          Complain("transition", i, "role: '", role, "' is not defined");
        }
      }
      if (one.needs_approval() && !IsAPanels(one.event())) {
        Complain(
            "transition", i,
            "needs_approval: is for what a panel decides; a ratification always needs one, and "
            "nothing else does");
      }
      if (one.issues_outcome() && pathway_.outcome().empty()) {
        Complain("transition", i, "issues_outcome: the pathway has no outcomes");
      }
    }
  }

  static bool IsAPanels(policy_proto::PathwayEvent event) {
    return event == policy_proto::PATHWAY_EVENT_PANEL_DECIDED ||
           event == policy_proto::PATHWAY_EVENT_PANEL_INSUFFICIENT;
  }

  // Both ways: from the first state to every other, and from every state to a final one by more
  // than taking the referral back.
  void CheckReached() {
    if (pathway_.state().empty() || !problems_->empty()) return;
    std::set<std::string> reached = {pathway_.state(0).code()};
    std::set<std::string> leaving = Final();
    for (bool grown = true; grown;) {
      grown = false;
      for (const PathwayTransition& one : pathway_.transition()) {
        for (const std::string& from : FromOf(one)) {
          if (reached.count(from) > 0) grown |= reached.insert(one.to()).second;
          if (!IsWayOut(one) && leaving.count(one.to()) > 0) grown |= leaving.insert(from).second;
        }
      }
    }
    for (int i = 0; i < pathway_.state_size(); ++i) {
      const std::string& code = pathway_.state(i).code();
      if (reached.count(code) == 0) Complain("state", i, "'", code, "' is never reached");
      if (leaving.count(code) == 0) {
        Complain("state", i, "'", code,
                 "' leads to no end but withdrawal; a transition is missing");
      }
    }
    for (const policy_proto::PathwayEvent needed :
         {policy_proto::PATHWAY_EVENT_WITHDRAWN, policy_proto::PATHWAY_EVENT_SOCIAL_WORK,
          policy_proto::PATHWAY_EVENT_HANDED_OVER}) {
      const bool there = std::any_of(pathway_.transition().begin(), pathway_.transition().end(),
                                     [&](const auto& one) { return one.event() == needed; });
      if (!there) {
        Complain("transition", -1, policy_proto::PathwayEvent_Name(needed),
                 ": missing; the family may ask for it at any time");
      }
    }
  }

  static bool IsWayOut(const PathwayTransition& one) {
    return one.event() == policy_proto::PATHWAY_EVENT_WITHDRAWN ||
           one.event() == policy_proto::PATHWAY_EVENT_HANDED_OVER;
  }
  std::set<std::string> Final() const { return final_; }
  std::vector<std::string> FromOf(const PathwayTransition& one) const {
    std::vector<std::string> from(one.from().begin(), one.from().end());
    if (std::find(from.begin(), from.end(), kAny) == from.end()) return from;
    from.clear();
    for (const auto& state : pathway_.state()) {
      if (!state.final()) from.push_back(state.code());
    }
    return from;
  }

  // Every age has one panel, or none is asked for.
  void CheckPanels() {
    if (pathway_.panel().empty()) return;
    std::set<std::string> codes;
    for (int i = 0; i < pathway_.panel_size(); ++i) {
      const auto& panel = pathway_.panel(i);
      if (!IsCode(panel.code()) || !codes.insert(panel.code()).second) {
        Complain("panel", i, "not a code, or defined twice");
      }
      if (panel.quorum() == 0) Complain("panel", i, "quorum: left out; say how many decide");
    }
    for (uint32_t age = 0; age < kOldest; ++age) {
      const auto of_age =
          std::count_if(pathway_.panel().begin(), pathway_.panel().end(), [&](const auto& panel) {
            return panel.from_age() <= age && (panel.below_age() == 0 || age < panel.below_age());
          });
      if (of_age == 1) continue;
      Complain("panel", -1, "age ", age, ": ", of_age, " panels; there is to be one");
      return;
    }
  }

  void CheckLists() {
    if (outcomes_.size() != static_cast<size_t>(pathway_.outcome_size())) {
      Complain("outcome", -1, "a code is defined twice");
    }
    for (int i = 0; i < pathway_.outcome_size(); ++i) {
      if (!IsCode(pathway_.outcome(i).code())) Complain("outcome", i, "not a code");
    }
    for (int i = 0; i < pathway_.band_size(); ++i) {
      if (outcomes_.count(pathway_.band(i).outcome()) == 0) {
        Complain("band", i, "outcome: '", pathway_.band(i).outcome(), "' is not in the list");
      }
    }
    std::set<std::string> ids;
    for (int i = 0; i < pathway_.eligibility_size(); ++i) {
      const auto& question = pathway_.eligibility(i);
      if (!IsId(question.id()) || !ids.insert(question.id()).second) {
        Complain("eligibility", i, "id: not an id, or defined twice");
      }
      const std::set<std::string> offered(question.answer().begin(), question.answer().end());
      for (const auto* some : {&question.eligible_answer(), &question.safeguarding_answer()}) {
        for (const std::string& answer : *some) {
          if (offered.count(answer) == 0)
            Complain("eligibility", i, "'", answer, "' is not offered");
        }
      }
      if (question.eligible_answer().empty()) Complain("eligibility", i, "nobody is eligible");
    }
    for (int i = 0; i < pathway_.claim_size(); ++i) {
      if (!IsCode(pathway_.claim(i).code()) || !ids.insert(pathway_.claim(i).code()).second) {
        Complain("claim", i, "code: not a code, or defined twice");
      }
    }
    for (int i = 0; i < pathway_.date_before_closure_size(); ++i) {
      if (hub::v1::StageDates::descriptor()->FindFieldByName(pathway_.date_before_closure(i)) ==
          nullptr) {
        Complain("date_before_closure", i, "no such day; see StageDates");
      }
    }
  }

  void CheckClocks() {
    for (int i = 0; i < pathway_.clock_size(); ++i) {
      const auto& clock = pathway_.clock(i);
      if (!IsCode(clock.code())) Complain("clock", i, "code: not a code");
      if (words_.clocks.count(clock.clock()) == 0) {
        Complain("clock", i, "'", clock.clock(), "' is no clock of the vocabulary");
      }
      for (const auto* some : {&clock.from(), &clock.until()}) {
        for (const std::string& state : *some) {
          if (states_.count(state) == 0) Complain("clock", i, "'", state, "' is no state");
        }
      }
      if (clock.from().empty() || clock.until().empty()) {
        Complain("clock", i, "say from and until which states it runs");
      }
    }
    for (int i = 0; i < pathway_.pack_size(); ++i) {
      const auto& pack = pathway_.pack(i);
      if (!IsId(pack.id())) Complain("pack", i, "id: not an id");
      for (const std::string& state : pack.state()) {
        if (states_.count(state) == 0) Complain("pack", i, "'", state, "' is no state");
      }
      if (pack.format() == policy_proto::PACK_FORMAT_UNSPECIFIED) {
        Complain("pack", i, "format: left out");
      }
      if (pack.text().empty() == pack.link().empty()) {
        Complain("pack", i, "has a text, or a link");
      }
      if (!pack.link().empty() && !absl::StartsWith(pack.link(), "https://")) {
        Complain("pack", i, "link: write https://…");
      }
    }
  }

  const Pathway& pathway_;
  const Located& at_;
  const Vocabulary& words_;
  Problems* const problems_;
  std::set<std::string> states_;
  std::set<std::string> final_;
  std::set<std::string> outcomes_;
};

bool Overlap(const Pathway& a, const Pathway& b) {
  const auto ends_before = [](const Pathway& one, const Pathway& other) {
    return !one.until().empty() && !other.from().empty() && one.until() < other.from();
  };
  return !ends_before(a, b) && !ends_before(b, a);
}

}  // namespace

void CheckPathway(const policy_proto::Pathway& pathway, const Located& at, const Vocabulary& words,
                  Problems* problems) {
  Checker(pathway, at, words, problems).Check();
}

void CheckPathwaysTogether(const std::vector<ParsedVocabulary>& files, Problems* problems) {
  std::vector<const Pathway*> all;
  for (const ParsedVocabulary& file : files) {
    for (int i = 0; i < file.message.pathway_size(); ++i) {
      const Pathway& pathway = file.message.pathway(i);
      for (const Pathway* other : all) {
        if (other->id() != pathway.id()) continue;
        const Place place = file.root().PlaceOf(file.message, "pathway", i);
        if (other->version() == pathway.version()) {
          problems->Add(place, "version", "is there already; count on");
        } else if (Overlap(*other, pathway)) {
          problems->Add(place, "from", "two versions take referrals on one day; end the older one");
        }
      }
      all.push_back(&pathway);
    }
  }
}

bool IsInUseOn(const policy_proto::Pathway& pathway, const std::string& day) {
  return (pathway.from().empty() || pathway.from() <= day) &&
         (pathway.until().empty() || day <= pathway.until());
}

}  // namespace ehc
