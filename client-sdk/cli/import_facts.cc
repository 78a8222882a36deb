// Who stands around a child, and what protects them.
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/import_posts.h"

namespace ehchub {
namespace {

bool IsInstruction(const std::string& label) {
  return label == "NONE" || label == "ADOPTED" || label == "IDENTITY_SEVERED";
}

v1::ProtectionLabel LabelOf(const std::string& code) {
  v1::ProtectionLabel label = v1::PROTECTION_LABEL_UNSPECIFIED;
  v1::ProtectionLabel_Parse("PROTECTION_LABEL_" + code, &label);
  return label;
}

v1::RelationshipKind KindOf(const Row& row) {
  if (row["parental_responsibility"] == "Y") {
    return v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY;
  }
  const std::string& kind = row["party_kind"];
  if (kind == "REPRESENTATIVE") return v1::RELATIONSHIP_KIND_REPRESENTATIVE;
  if (kind == "KEY_WORKER") return v1::RELATIONSHIP_KIND_KEY_WORKER;
  return v1::RELATIONSHIP_KIND_CARER;
}

v1::Relationship WithParty(const Row& row) {
  v1::Relationship relationship;
  relationship.set_kind(KindOf(row));
  if (absl::StartsWith(row["party_ref"], "agencies/")) {
    relationship.set_agency(row["party_ref"]);
    relationship.set_party_unit(row["party_unit"]);
  } else {
    relationship.set_person_reference(row["party_ref"]);
  }
  if (relationship.kind() == v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY) {
    v1::ParentalResponsibilityEvidence evidence = v1::PARENTAL_RESPONSIBILITY_EVIDENCE_UNSPECIFIED;
    v1::ParentalResponsibilityEvidence_Parse("PARENTAL_RESPONSIBILITY_EVIDENCE_" + row["evidence"],
                                             &evidence);
    relationship.set_evidence(evidence);
  }
  relationship.set_contact_prohibited(row["contact_prohibited"] == "Y");
  return relationship;
}

v1::Relationship WithAgency(v1::RelationshipKind kind, const std::string& agency) {
  v1::Relationship relationship;
  relationship.set_kind(kind);
  relationship.set_agency(agency);
  return relationship;
}

// With the days of the row's from_date and to_date.
void AddDated(v1::Relationship relationship, Row* row, const Importer& importer,
              ChildPosts& posts) {
  relationship.set_valid_from((*row)["from_date"]);
  relationship.set_valid_to((*row)["to_date"]);
  RelationshipPost post;
  post.over = !relationship.valid_to().empty() && relationship.valid_to() < importer.extract.as_at;
  post.message = std::move(relationship);
  post.rows = {row};
  post.unit = importer.FactsUnit();
  AddOnce(posts.relationships, std::move(post));
}

}  // namespace

v1::SenProvision ProvisionOf(const std::string& code) {
  return code == "E"   ? v1::SEN_PROVISION_EHC_PLAN
         : code == "K" ? v1::SEN_PROVISION_SEN_SUPPORT
                       : v1::SEN_PROVISION_NONE;
}

bool IsMaintained(const std::string& status) {
  return status == "FINAL" || status == "UNDER_REVIEW" || status == "AMENDING";
}

void PostMaker::AddProtections(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* row : extract_.Of("supplement_protections").By("person_id", id)) {
    const std::string& until = (*row)["to_date"];
    const bool over = !until.empty() && until < importer_.extract.as_at;
    if (IsInstruction((*row)["label"]) || over) continue;
    Post<v1::Protection> post;
    post.message.set_label(LabelOf((*row)["label"]));
    for (absl::string_view agency :
         absl::StrSplit((*row)["cleared_recipients"], ';', absl::SkipEmpty())) {
      post.message.add_cleared_recipients(std::string(agency));
    }
    post.message.set_valid_from((*row)["from_date"]);
    post.message.set_valid_to(until);
    post.message.set_reason((*row)["reason"]);
    post.rows = {row};
    post.unit = importer_.FactsUnit();
    AddOnce(posts.protections, std::move(post));
  }
}

void PostMaker::AddRelationships(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* row : extract_.Of("supplement_relationships").By("person_id", id)) {
    AddDated(WithParty(*row), row, importer_, posts);
  }
  for (Row* row : extract_.Of("supplement_enrolments").By("person_id", id)) {
    if ((*row)["agency"].empty()) continue;
    v1::Relationship enrolment = WithAgency(v1::RELATIONSHIP_KIND_ENROLMENT, (*row)["agency"]);
    enrolment.set_sen_provision(ProvisionOf((*row)["sen_provision"]));
    AddDated(std::move(enrolment), row, importer_, posts);
  }
  for (Row* row : extract_.Of("supplement_named_institutions").By("person_id", id)) {
    if ((*row)["agency"].empty()) continue;
    AddDated(WithAgency(v1::RELATIONSHIP_KIND_NAMED_INSTITUTION, (*row)["agency"]), row, importer_,
             posts);
  }
  for (Row* row : extract_.Of("supplement_commissioners").By("person_id", id)) {
    AddDated(WithAgency(v1::RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER, (*row)["agency"]), row,
             importer_, posts);
  }
  AddMaintainer(posts);
}

// The authority maintains a plan from the day of its issue until it ceases.
void PostMaker::AddMaintainer(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* headline : extract_.Of("supplement_plan_headlines").By("person_id", id)) {
    Row* named = NamedPlan(extract_, *headline);
    if (named == nullptr) continue;
    RelationshipPost post;
    post.message =
        WithAgency(v1::RELATIONSHIP_KIND_MAINTAINING_AUTHORITY, importer_.extract.agency);
    post.message.set_party_unit(importer_.send_unit);
    post.message.set_valid_from((*named)["ehcn_named_plan_start_date"]);
    post.over = !IsMaintained((*headline)["status"]);
    if (post.over) {
      const std::string& ceased = (*named)["ehcn_named_plan_ceased_date"];
      post.message.set_valid_to(ceased.empty() ? importer_.extract.as_at : ceased);
    }
    post.rows = {named};
    post.unit = importer_.FactsUnit();
    AddOnce(posts.relationships, std::move(post));
  }
}

}  // namespace ehchub
