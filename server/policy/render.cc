#include "server/policy/render.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "server/model/date.h"
#include "server/policy/compiled.h"
#include "server/policy/explain.h"

namespace ehc {
namespace {

using Row = std::vector<std::string>;

struct Section {
  std::string title;
  std::vector<std::string> paragraphs;
  std::vector<std::string> items;
  std::vector<Row> table;  // the first row is its head
};

// An agreement as a document, before it is Markdown or HTML.
struct Paper {
  std::string title;
  std::vector<Section> sections;
};

class PaperWriter {
 public:
  PaperWriter(const PolicySnapshot& snapshot, int number)
      : policy_(snapshot.compiled()),
        words_(policy_.vocabulary),
        summary_(snapshot.agreements()[number]),
        agreement_(policy_.document.agreements[number].message),
        number_(number) {}

  Paper Write() {
    Paper paper{absl::StrCat(agreement_.title(), " (version ", agreement_.version(), ")"), {}};
    paper.sections = {About(), Parties(), Matrix()};
    for (const ClauseBox& box : policy_.boxes) {
      if (box.agreement == number_) paper.sections.push_back(Clause(box));
    }
    paper.sections.push_back(Handling());
    paper.sections.push_back(Signatures());
    return paper;
  }

 private:
  Section About() const {
    Section section{"What it is", {agreement_.description()}, {}, {}};
    std::vector<std::string> purposes;
    for (const std::string& code : agreement_.purpose()) {
      purposes.push_back(words_.purposes[words_.purposes.Find(code)].title);
    }
    section.items = {
        absl::StrCat("Purposes: ", absl::StrJoin(purposes, "; "), "."),
        absl::StrCat("In force from ", FormatDate(LondonDate(summary_.from)), " until the end of ",
                     LastDay(summary_.until), " (London); to be reviewed by ",
                     FormatDate(summary_.review_due), "."),
        absl::StrCat("Data protection impact assessment: ", agreement_.dpia_reference(), ".")};
    if (!agreement_.parent_id().empty()) {
      section.items.push_back(absl::StrCat("Stands under agreement ", agreement_.parent_id(),
                                           ", whose clauses hold too."));
    }
    if (summary_.suspended) {
      section.items.push_back(absl::StrCat("SUSPENDED: ", summary_.suspension_reason));
    }
    return section;
  }

  Section Parties() const {
    Section section{"Parties", {}, {}, {{"Party", "Units", "In law", "Part", "Signs"}}};
    for (const policy_proto::Party& party : agreement_.party()) {
      static const char* const kRoles[] = {"", "controller", "joint controller", "processor"};
      const std::string name =
          party.agency().empty()
              ? absl::StrCat(
                    "every ",
                    words_.agency_types[words_.agency_types.Find(party.agency_type())].title,
                    party.region().empty() ? "" : " in area ", absl::StrJoin(party.region(), ", "))
              : party.agency();
      std::vector<std::string> part;
      if (party.custodian()) part.push_back("holds records");
      if (party.searcher()) part.push_back("reads records");
      section.table.push_back({name, absl::StrJoin(party.unit(), ", "),
                               kRoles[party.controller_role()], absl::StrJoin(part, ", "),
                               party.signatory()});
    }
    return section;
  }

  // Which clause gives which part, a table a record type.
  Section Matrix() const {
    Section section{"Who sees which field", {}, {}, {{"Field"}}};
    std::vector<const ClauseBox*> columns;
    for (const ClauseBox& box : policy_.boxes) {
      if (box.agreement == number_ &&
          (box.disclosures & DisclosureBit(DisclosureKind::kContent)) != 0) {
        columns.push_back(&box);
        section.table[0].push_back(box.info.id);
      }
    }
    for (int type = 0; type < words_.record_types.size(); ++type) {
      const RecordSchema& schema = words_.record_info[type].schema;
      for (size_t part = 0; part < schema.parts.size(); ++part) {
        Row row = {absl::StrCat(schema.record_type, " ", schema.parts[part].code, " (",
                                schema.parts[part].title, ")")};
        bool any = false;
        for (const ClauseBox* box : columns) {
          row.push_back(Cell(*box, type, part));
          any = any || !row.back().empty();
        }
        if (any) section.table.push_back(std::move(row));
      }
    }
    section.paragraphs = {
        "yes: given; consent: given with consent to the field; human: a person decides; no: never; "
        "empty: not by this clause."};
    return section;
  }

  static std::string Cell(const ClauseBox& box, int type, size_t part) {
    for (const CoverBox& cover : box.covers) {
      if (cover.record_type != type || ((cover.parts >> part) & 1u) == 0) continue;
      if (box.effect == Effect::kForbid) return "no";
      if (box.effect == Effect::kRefer) return "human";
      return box.consent == ConsentRule::kRequired ? "consent" : "yes";
    }
    return "";
  }

  std::string Titles(uint64_t bits, const TermList& list) const {
    if (bits == ~uint64_t{0}) return "any";
    std::vector<std::string> titles;
    for (int i = 0; i < list.size(); ++i) {
      if ((bits >> i) & 1u) titles.push_back(list[i].title);
    }
    return absl::StrJoin(titles, " or ");
  }

  Section Clause(const ClauseBox& box) const {
    static const char* const kEffects[] = {"Permitted", "Forbidden", "Referred to a human"};
    Section section{absl::StrCat(kEffects[static_cast<int>(box.effect)], ": ", box.info.id),
                    {box.title},
                    {},
                    {}};
    auto& items = section.items;
    items = {
        absl::StrCat("To: ", OrganisationText(box.recipients, words_), ", as ",
                     RoleText(box, words_), box.unattended ? ", or an unattended system" : ""),
        absl::StrCat("From: ", OrganisationText(box.suppliers, words_)),
        absl::StrCat("What: ", DisclosureText(box.disclosures), " of ", CoverText(box, words_)),
        absl::StrCat("For: ", PurposeText(box, words_)),
        absl::StrCat("Lawful basis: ", Titles(box.lawful_bases, words_.lawful_bases))};
    if (box.special_bases != 0) {
      items.push_back(absl::StrCat("Special-category basis: ",
                                   Titles(box.special_bases, words_.special_bases)));
    }
    if (box.gateways != 0) {
      items.push_back(absl::StrCat("Gateway: ", Titles(box.gateways, words_.gateways)));
    }
    if (box.consent == ConsentRule::kRequired) {
      items.push_back("Consent: the decision-maker's, for each field");
    }
    if (box.consent == ConsentRule::kNotRefused) {
      items.push_back("Consent: not where the decision-maker refused or withdrew");
    }
    for (const Guard& guard : box.guards) {
      items.push_back(absl::StrCat("Only if ", GuardSentence(guard, words_)));
    }
    if (box.break_glass.has_value()) {
      items.push_back(absl::StrCat("Emergency only: for ", box.break_glass->minutes,
                                   " minutes, at most ", box.break_glass->max_uses_per_day,
                                   " times a person and day, reviewed by the next working day"));
    }
    for (const ObligationInfo& obligation : box.obligations) {
      items.push_back(absl::StrCat(
          "Obligation: ", words_.obligations[words_.obligations.Find(obligation.code)].title,
          obligation.detail.empty() ? "" : ": ", obligation.detail));
    }
    items.push_back(
        absl::StrCat("Until the end of ", LastDay(box.until), "; written at ", PlaceOf(box.info)));
    return section;
  }

  Section Handling() const {
    static const char* const kOnward[] = {"", "No.",
                                          "To: ", "With the custodian's approval each time."};
    const auto contact = [](const policy_proto::Contact& one) {
      return absl::StrCat(one.office(), " ", one.email(), " ", one.telephone(), " ", one.hours());
    };
    return {"How it is handled",
            {},
            {absl::StrCat("Kept: ", agreement_.retention()),
             absl::StrCat("Passed on: ", kOnward[agreement_.onward_sharing()],
                          absl::StrJoin(agreement_.onward_recipient(), ", ")),
             absl::StrCat("Security: ", agreement_.security()),
             absl::StrCat("Rights: ", contact(agreement_.rights_contact())),
             absl::StrCat("Breaches: ", contact(agreement_.breach_contact()))},
            {}};
  }

  Section Signatures() const {
    Section section{"Signatures", {}, {}, {{"Party", "Office", "Date", "Signature"}}};
    section.paragraphs = {absl::StrCat("What is signed, SHA-256: ", summary_.digest)};
    for (const policy_proto::Party& party : agreement_.party()) {
      if (party.agency().empty() || !party.custodian()) continue;
      Row row = {party.agency(), party.signatory(), "", ""};
      for (const policy_proto::Signature& signature : agreement_.signature()) {
        if (signature.agency() != party.agency() || signature.digest() != summary_.digest) continue;
        row[2] = signature.signed_on();
        row[3] = absl::StrCat("key ", signature.key_id());
      }
      section.table.push_back(std::move(row));
    }
    return section;
  }

  const CompiledPolicy& policy_;
  const Vocabulary& words_;
  const AgreementSummary& summary_;
  const policy_proto::Agreement& agreement_;
  const int number_;
};

absl::StatusOr<Paper> PaperOf(const PolicySnapshot& snapshot, const AgreementId& id) {
  const uint32_t number = snapshot.compiled().agreement_names.Find(id.value());
  if (number == 0) return absl::NotFoundError(absl::StrCat("no agreement '", id.value(), "'"));
  return PaperWriter(snapshot, static_cast<int>(number) - 1).Write();
}

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

constexpr absl::string_view kStyle =
    "body{font:11pt/1.4 Georgia,serif;max-width:52em;margin:2em auto;padding:0 1em;color:#111}"
    "h1{font-size:1.5em}h2{font-size:1.1em;margin-top:1.6em;border-bottom:1px solid #888}"
    "table{border-collapse:collapse;width:100%;font-size:.85em}"
    "th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}"
    "th{background:#eee}tr{page-break-inside:avoid}@media print{body{margin:0}}";

}  // namespace

absl::StatusOr<std::string> RenderMarkdown(const PolicySnapshot& snapshot, const AgreementId& id) {
  const absl::StatusOr<Paper> paper = PaperOf(snapshot, id);
  if (!paper.ok()) return paper.status();
  std::string text = absl::StrCat("# ", paper->title, "\n");
  for (const Section& section : paper->sections) {
    absl::StrAppend(&text, "\n## ", section.title, "\n\n");
    for (const std::string& paragraph : section.paragraphs)
      absl::StrAppend(&text, paragraph, "\n\n");
    for (const std::string& item : section.items) absl::StrAppend(&text, "- ", item, "\n");
    for (size_t i = 0; i < section.table.size(); ++i) {
      absl::StrAppend(&text, "| ", absl::StrJoin(section.table[i], " | "), " |\n");
      if (i > 0) continue;
      absl::StrAppend(&text, "|");
      for (size_t j = 0; j < section.table[0].size(); ++j) absl::StrAppend(&text, "---|");
      absl::StrAppend(&text, "\n");
    }
  }
  return text;
}

absl::StatusOr<std::string> RenderHtml(const PolicySnapshot& snapshot, const AgreementId& id) {
  const absl::StatusOr<Paper> paper = PaperOf(snapshot, id);
  if (!paper.ok()) return paper.status();
  std::string html =
      absl::StrCat("<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>",
                   Escaped(paper->title), "</title><style>", kStyle, "</style></head><body>\n<h1>",
                   Escaped(paper->title), "</h1>\n");
  for (const Section& section : paper->sections) {
    absl::StrAppend(&html, "<h2>", Escaped(section.title), "</h2>\n");
    for (const std::string& paragraph : section.paragraphs) {
      absl::StrAppend(&html, "<p>", Escaped(paragraph), "</p>\n");
    }
    if (!section.items.empty()) absl::StrAppend(&html, "<ul>\n");
    for (const std::string& item : section.items) {
      absl::StrAppend(&html, "<li>", Escaped(item), "</li>\n");
    }
    if (!section.items.empty()) absl::StrAppend(&html, "</ul>\n");
    if (section.table.empty()) continue;
    absl::StrAppend(&html, "<table>\n");
    for (size_t i = 0; i < section.table.size(); ++i) {
      const absl::string_view cell = i == 0 ? "th" : "td";
      absl::StrAppend(&html, "<tr>");
      for (const std::string& text : section.table[i]) {
        absl::StrAppend(&html, "<", cell, i == 0 ? " scope=\"col\">" : ">", Escaped(text), "</",
                        cell, ">");
      }
      absl::StrAppend(&html, "</tr>\n");
    }
    absl::StrAppend(&html, "</table>\n");
  }
  return absl::StrCat(html, "</body></html>\n");
}

}  // namespace ehc
