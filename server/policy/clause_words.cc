// Clauses' dimensions in English.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/model/date.h"
#include "server/policy/render.h"

namespace ehc {

std::string OrganisationText(const std::vector<OrganisationBox>& organisations,
                             const Vocabulary& vocabulary) {
  std::vector<std::string> texts;
  for (const OrganisationBox& one : organisations) {
    std::string text;
    switch (one.kind) {
      case OrganisationBox::Kind::kAny: text = "any organisation"; break;
      case OrganisationBox::Kind::kAgency: text = one.agency; break;
      case OrganisationBox::Kind::kType:
        text = absl::StrCat("any ", vocabulary.agency_types[one.type].title);
        break;
      case OrganisationBox::Kind::kTypeInRegion:
        text =
            absl::StrCat("any ", vocabulary.agency_types[one.type].title, " in area ", one.region);
        break;
    }
    if (!one.units.empty()) {
      absl::StrAppend(&text, " (unit ", absl::StrJoin(one.units, ", "), ")");
    }
    texts.push_back(std::move(text));
  }
  return absl::StrJoin(texts, "; ");
}

std::string CoverText(const ClauseBox& box, const Vocabulary& vocabulary) {
  std::vector<std::string> texts;
  for (const CoverBox& cover : box.covers) {
    const RecordSchema& schema = vocabulary.record_info[cover.record_type].schema;
    if (cover.parts == schema.AllParts()) {
      texts.push_back(absl::StrCat("the whole ", schema.title));
      continue;
    }
    std::vector<std::string> parts;
    for (size_t i = 0; i < schema.parts.size(); ++i) {
      if ((cover.parts >> i) & 1u) {
        parts.push_back(absl::StrCat(schema.parts[i].code, " (", schema.parts[i].title, ")"));
      }
    }
    texts.push_back(absl::StrCat(schema.title, ": ", absl::StrJoin(parts, ", ")));
  }
  return absl::StrJoin(texts, "; ");
}

std::string RoleText(const ClauseBox& box, const Vocabulary& vocabulary) {
  if (box.any_role) return "any role";
  std::vector<std::string> roles;
  for (int i = 0; i < vocabulary.roles.size(); ++i) {
    if (box.roles[i]) roles.push_back(vocabulary.roles[i].title);
  }
  return absl::StrJoin(roles, ", ");
}

std::string PurposeText(const ClauseBox& box, const Vocabulary& vocabulary) {
  if (box.any_purpose) return "any purpose";
  return absl::StrJoin(box.purposes, ", ", [&](std::string* out, int purpose) {
    absl::StrAppend(out, vocabulary.purposes[purpose].title);
  });
}

std::string DisclosureText(uint8_t disclosures) {
  std::vector<std::string> texts;
  const auto add = [&](DisclosureKind kind, const char* text) {
    if ((disclosures & DisclosureBit(kind)) != 0) texts.push_back(text);
  };
  add(DisclosureKind::kExistence, "that it exists");
  add(DisclosureKind::kContent, "content");
  add(DisclosureKind::kNotify, "that it changed");
  return absl::StrJoin(texts, ", ");
}

std::string LastDay(absl::Time until) {
  if (until == absl::InfiniteFuture()) return "further notice";
  return FormatDate(LondonDate(until) - 1);
}

}  // namespace ehc
