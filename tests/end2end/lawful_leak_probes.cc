#include "tests/end2end/lawful_leak_probes.h"

#include <utility>

namespace ehc {
namespace {

constexpr char kPlan[] =
    "subject: '$S' plan { headline { b_headline: 'h' placement_type: 'DAY_SCHOOL' "
    "status: PLAN_STATUS_FINAL } sections { code: PLAN_SECTION_CODE_A text: 'a' } "
    "sections { code: PLAN_SECTION_CODE_B text: 'b' } sections { code: PLAN_SECTION_CODE_C "
    "text: 'c' location_checked: true } badge: BADGE_FINAL as_at { seconds: $ago } $contact "
    "local_id: '$local' }";
constexpr char kStatus[] =
    "subject: '$S' support_status { sen_provision: SEN_PROVISION_EHC_PLAN plan_exists: true "
    "plan_issue_date: '2026-03-02' review_due_date: '2027-03-02' need_types: SEN_TYPE_ASD "
    "$contact } as_at { seconds: $ago }";
constexpr char kRegistration[] =
    "person { given_names: 'Ada' family_name: '$family' date_of_birth: '$born' sex: SEX_FEMALE } "
    "$ids";
constexpr char kStanding[] =
    "subject: '$S' standing_decision { gateway: 'R17_INTERESTS' "
    "recipients: 'agencies/elm-grove-school' roles: 'SENCO' purposes: 'SCHOOL_SUPPORT' "
    "scopes { record_type: 'EHC_PLAN' parts: 'F' } reason: 'the school has to know what helps the "
    "child' "
    "valid_until { seconds: $later } }";
constexpr char kConsent[] =
    "subject: '$S' consent { state: CONSENT_STATE_GIVEN decision_maker { "
    "role: DECISION_MAKER_ROLE_PARENT person_reference: 'mother' "
    "capacity_basis: CAPACITY_BASIS_PARENTAL_RESPONSIBILITY } "
    "recipients: 'agencies/elm-grove-school' purposes: 'SCHOOL_SUPPORT' "
    "scopes { record_type: 'EHC_PLAN' parts: 'F' } given_at { seconds: $ago } "
    "channel: CONSENT_CHANNEL_IN_PERSON }";
constexpr char kMother[] =
    "subject: '$S' relationship { kind: RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY "
    "person_reference: 'mother' evidence: PARENTAL_RESPONSIBILITY_EVIDENCE_MOTHER "
    "valid_from: '2016-05-04' }";
constexpr char kEnrolment[] =
    "subject: '$S' relationship { kind: RELATIONSHIP_KIND_ENROLMENT "
    "agency: 'agencies/elm-grove-school' sen_provision: SEN_PROVISION_SEN_SUPPORT "
    "valid_from: '2020-09-01' }";
constexpr char kRestricted[] =
    "subject: '$S' protection { label: PROTECTION_LABEL_ADDRESS_RESTRICTED "
    "valid_from: '2020-01-01' reason: 'synthetic' }";
constexpr char kIntelligence[] =
    "subject: '$S' protection { label: PROTECTION_LABEL_POLICE_INTEL valid_from: '2020-01-01' }";
constexpr char kCompetence[] =
    "subject: '$S' capacity_assessment { finding: CAPACITY_FINDING_GILLICK_COMPETENT "
    "decision: 'READ_PLAN' assessed_by_role: 'SOCIAL_WORKER' "
    "assessed_on: '2026-06-01' }";
constexpr char kCare[] =
    "subject: '$S' care_record { record_type: 'CARE_RECORD' badge: BADGE_FINAL "
    "as_at { seconds: $ago } $contact parts { code: 'STATUS' text: 's' } "
    "parts { code: 'ASSESSMENT' text: 'a' } local_id: '$local' }";
constexpr char kFlag[] =
    "subject: '$S' flag { record_type: 'FLAG' badge: BADGE_FINAL as_at { seconds: $ago } $contact "
    "parts { code: 'KIND' text: 'k' } local_id: '$local' }";
constexpr char kOutcome[] =
    "subject: '$S' assessment_outcome { outcome_id: '$local' case_id: 'case-$local' "
    "assessment_type: 'CHILD_AND_FAMILY' outcome: 'SHORT_BREAKS' completed_on: '2026-10-30' "
    "summary: 's' $contact }";
constexpr char kAdvice[] =
    "subject: '$S' advice_request { to: 'agencies/south-east-london-icb' "
    "kind: ADVICE_KIND_MEDICAL question: 'what is needed?' }";
constexpr char kConsultation[] =
    "subject: '$S' consultation { to: 'agencies/elm-grove-school' question: 'can you?' }";
constexpr char kEarly[] =
    "subject: '$S' early_notification { to: 'agencies/northshire-council' to_unit: 'send' "
    "child_reference: '$S' opinion: 'probably' parent_informed_on: '2026-11-01' }";
constexpr char kReferral[] =
    "subject: '$S' referral { pathway: 'bromley-online-assessment' application { "
    "child_reference: '$S' channel: REFERRAL_CHANNEL_ONLINE "
    "submitter: REFERRAL_SUBMITTER_PROFESSIONAL family_agreement: FAMILY_AGREEMENT_AGREED "
    "issues: 'nights' "
    "eligibility { question: 'lives-here' answer: 'YES' } "
    "eligibility { question: 'disabled' answer: 'YES' } "
    "eligibility { question: 'under-18' answer: 'YES' } "
    "eligibility { question: 'worried' answer: 'NO' } } }";
constexpr char kVerification[] =
    "name: 'referrals/$incident_id' verification { to: 'agencies/oakfield-school' "
    "child_reference: '$S' claims { code: 'ATTENDS' } }";
constexpr char kPanel[] =
    "name: 'referrals/$incident_id' decision { panel: 'SHORT_BREAKS' held_on: '2026-11-01' "
    "members { user: 'a' role: 'SOCIAL_WORKER' } sufficiency: PANEL_SUFFICIENCY_SUFFICIENT "
    "outcome: 'SIGNPOSTED' reason: 'r' }";
constexpr char kHeldReview[] =
    "subject: '$S' review { kind: REVIEW_KIND_ANNUAL held_on: '2026-11-01' conclusion: 'goes on' "
    "child_reference: '$S' }";
constexpr char kRecall[] =
    "subject: '$S' record_type: 'CARE_RECORD' reason: RECALL_REASON_WRONG_CHILD "
    "explanation: 'mixed up'";
constexpr char kSubscription[] =
    "subscription { record_types: 'EHC_PLAN' context { $ground_copy } } subjects: '$S' "
    "subjects: 'nhs:$nobody'";
constexpr char kRequest[] =
    "record_request { subject: '$S' record_type: 'EHC_PLAN' parts: 'B_HEADLINE' parts: 'F' "
    "context { $ground_police } urgent: true reason: 'an officer asks' }";

}  // namespace

std::vector<std::pair<std::string, std::string>> CommonWords() {
  return {
      {"contact", "contact { display_name: 'Duty desk' telephone: '020 7946 0101' }"},
      {"ground_care",
       "purpose: 'DIRECT_CARE' lawful_basis: 'ART6_1_E' special_category_basis: 'ART9_2_H' "
       "gateway: 'R17_CONSENT' agreement: 'agreements/bromley-kings-park-direct-care'"},
      {"ground_advice",
       "purpose: 'EHC_ASSESSMENT_ADVICE' lawful_basis: 'ART6_1_C' "
       "special_category_basis: 'ART9_2_H' gateway: 'CONFIDENCE_LAW' "
       "agreement: 'agreements/bromley-kings-park-direct-care'"},
      {"ground_school",
       "purpose: 'SCHOOL_SUPPORT' lawful_basis: 'ART6_1_E' special_category_basis: 'SCH1_PARA6' "
       "gateway: 'R17_CONSENT' agreement: 'agreements/bromley-schools'"},
      {"ground_copy",
       "purpose: 'STATUTORY_COPY' lawful_basis: 'ART6_1_C' special_category_basis: 'SCH1_PARA6' "
       "gateway: 'R17_NAMED_INSTITUTION' agreement: 'agreements/bromley-schools'"},
      {"ground_police",
       "purpose: 'POLICE_LIAISON' lawful_basis: 'DPA_PART3' "
       "agreement: 'agreements/bromley-northshire-police'"},
      {"ground_outcomes",
       "purpose: 'OUTCOME_RECORDING' lawful_basis: 'ART6_1_E' special_category_basis: 'ART9_2_H' "
       "gateway: 'CONFIDENCE_LAW' agreement: 'agreements/bromley-bridge-care'"},
  };
}

const std::vector<Probe>& Probes() {
  static const auto* const probes = new std::vector<Probe>{
      // Reading.
      {"RecordExchangeService.GetPlanSummary",
       {kPaediatrician},
       "subject: '$S' context { $ground_care }"},
      {"RecordExchangeService.GetPlanSummary", {kSenco}, "subject: '$S' context { $ground_copy }"},
      {"RecordExchangeService.GetPlan", {kPaediatrician}, "subject: '$S' context { $ground_care }"},
      {"RecordExchangeService.GetPlan", {kSenco}, "subject: '$S' context { $ground_school }"},
      {"RecordExchangeService.GetPlan",
       {kLiaisonOfficer},
       "subject: '$S' context { $ground_police }"},
      {"RecordExchangeService.StreamPlanSections",
       {kSenco},
       "subject: '$S' context { $ground_school } sections: PLAN_SECTION_CODE_F"},
      {"RecordExchangeService.GetSupportStatus",
       {kSenco},
       "subject: '$S' context { $ground_school }"},
      {"RecordExchangeService.BatchGetSupportStatuses",
       {kSenco},
       "subjects: '$S' subjects: 'nhs:$nobody' subjects: '$S' context { $ground_school }"},
      {"RecordExchangeService.ListAssessmentOutcomes",
       {kPaediatrician, kNorthSocialWorker},
       "subject: '$S'"},
      {"RecordExchangeService.ListAssessmentOutcomes",
       {kKeyWorker},
       "subject: '$S' custodian: 'agencies/bromley' context { $ground_outcomes }"},
      {"RecordExchangeService.FindRecords",
       {kSenco},
       "subject: '$S' record_types: 'EHC_PLAN' record_types: 'SUPPORT_STATUS' "
       "context { $ground_school }"},
      {"RecordExchangeService.FindRecords",
       {kPaediatrician},
       "subject: '$S' record_types: 'EHC_PLAN' context { $ground_care }"},
      {"RecordExchangeService.AttestRegistration",
       {kSenco, kPaediatrician},
       "subject: '$S' record_type: 'EHC_PLAN' context { $ground_school }"},
      {"RecordExchangeService.AttestRegistration",
       {kLiaisonOfficer},
       "subject: '$S' record_type: 'CARE_RECORD' context { $ground_police }"},
      {"RecordExchangeService.GetServiceOffer",
       {kSenco},
       "subject: '$S' custodian: 'agencies/bromley' record_type: 'CARE_RECORD' "
       "context { $ground_school }"},
      {"RecordExchangeService.GetServiceOffer",
       {kPaediatrician},
       "subject: '$S' record_type: 'CARE_RECORD' context { $ground_advice }"},
      {"RecordExchangeService.AgencyCheck",
       {kSenco},
       "subject: '$S' wanted { record_type: 'EHC_PLAN' parts: 'F' } wanted { record_type: 'FLAG' "
       "parts: 'KIND' } context { $ground_school }"},
      {"RecordExchangeService.AgencyCheck",
       {kLiaisonOfficer},
       "subject: '$S' wanted { record_type: 'EHC_PLAN' parts: 'F' } context { $ground_police }"},

      {"SubjectService.MatchSubject",
       {kSenco, kPaediatrician, kNorthSocialWorker},
       "person { given_names: 'Ada' family_name: '$family' date_of_birth: '$born' sex: SEX_FEMALE }"
       " custodian: 'agencies/bromley' record_type: 'EHC_PLAN' context { $ground_school }"},
      {"SubjectService.MatchSubject",
       {kLiaisonOfficer},
       "person { given_names: 'Ada' family_name: '$family' date_of_birth: '$born' sex: SEX_FEMALE }"
       " custodian: 'agencies/bromley' record_type: 'CARE_RECORD' context { $ground_police }"},

      // Writing about a child that another agency registered.
      {"RecordExchangeService.PublishPlan", {kNorthCaseworker}, kPlan},
      {"RecordExchangeService.PublishSupportStatus", {kNorthCaseworker, kSenco}, kStatus},
      {"RecordExchangeService.PublishCareRecord", {kNorthSocialWorker}, kCare},
      {"RecordExchangeService.PublishHealthRecord",
       {kPaediatrician},
       "subject: '$S' health_record { record_type: 'HEALTH_RECORD' badge: BADGE_FINAL "
       "as_at { seconds: $ago } $contact parts { code: 'SUMMARY' text: 's' } local_id: '$local' }"},
      {"RecordExchangeService.PublishFlag", {kNorthSocialWorker, kSenco, kLiaisonOfficer}, kFlag},
      {"RecordExchangeService.CreateAssessmentOutcome",
       {kNorthSocialWorker, kPaediatrician},
       kOutcome},
      {"SubjectService.CreateRelationship", {kNorthCaseworker, kSenco}, kMother},
      {"SubjectService.CreateRelationship", {kNorthCaseworker}, kEnrolment},
      {"SubjectService.EndRelationship",
       {kNorthCaseworker},
       "name: '$item/relationships/$relationship_id' etag: 'r1' valid_to: '2026-11-01'"},
      {"SubjectService.ListRelationships", {kNorthCaseworker, kSenco}, "subject: '$S'"},
      {"SubjectService.CreateProtection", {kNorthCaseworker, kPaediatrician}, kRestricted},
      {"SubjectService.EndProtection",
       {kNorthCaseworker},
       "name: '$item/protections/$protection_id' etag: 'r1' valid_to: '2026-11-01'"},
      {"SubjectService.ListProtections", {kNorthCaseworker, kPaediatrician}, "subject: '$S'"},
      {"SubjectService.RecordCapacity", {kNorthCaseworker, kPaediatrician}, kCompetence},
      {"ConsentService.RecordConsent", {kNorthCaseworker, kPaediatrician}, kConsent},
      {"ConsentService.GetConsent", {kNorthCaseworker}, "name: '$item/consents/$consent_id'"},
      {"ConsentService.ListConsents", {kNorthCaseworker, kPaediatrician}, "subject: '$S'"},
      {"ConsentService.WithdrawConsent",
       {kNorthCaseworker},
       "name: '$item/consents/$consent_id' etag: 'r1' withdrawn_by { "
       "role: DECISION_MAKER_ROLE_PARENT person_reference: 'mother' "
       "capacity_basis: CAPACITY_BASIS_PARENTAL_RESPONSIBILITY }"},

      {"ConsentService.PreviewConsent", {kNorthCaseworker, kPaediatrician}, kConsent},
      {"ConsentService.ReconfirmConsent",
       {kNorthCaseworker},
       "name: '$item/consents/$consent_id' etag: 'r1' confirmed_by { "
       "role: DECISION_MAKER_ROLE_PARENT person_reference: 'mother' "
       "capacity_basis: CAPACITY_BASIS_PARENTAL_RESPONSIBILITY } given_at { seconds: $ago } "
       "channel: CONSENT_CHANNEL_IN_PERSON"},
      {"ConsentService.ListConsentRevisions",
       {kNorthCaseworker},
       "name: '$item/consents/$consent_id'"},
      {"ConsentService.RecordStandingDecision", {kNorthManager}, kStanding},
      {"ConsentService.EndStandingDecision",
       {kNorthManager},
       "name: '$item/standingDecisions/$standing_id' etag: 'r1' reason: 'over'"},
      {"ConsentService.ListStandingDecisions", {kNorthCaseworker}, "subject: '$S'"},

      // Matters between others, and one's own about the child.
      {"CustodyService.RecallRecord", {kNorthSocialWorker}, kRecall},
      {"CustodyService.RecallRecord",
       {kNorthSocialWorker, kNorthGovernance},
       "record: 'records/$record_id' reason: RECALL_REASON_WRONG_CHILD explanation: 'mixed up'"},
      {"CustodyService.GetIncident",
       {kNorthSocialWorker, kNorthGovernance},
       "name: 'incidents/$incident_id'"},
      {"CustodyService.ListIncidents", {kNorthGovernance}, "page_size: 10"},
      {"CustodyService.ListNotices", {kNorthGovernance, kSchoolGovernance}, "page_size: 10"},
      {"CustodyService.AcknowledgeNotice",
       {kNorthGovernance},
       "name: 'recallNotices/$incident_id' handling: NOTICE_HANDLING_DESTROYED"},
      {"CustodyService.IssuePlan", {kNorthCaseworker}, "subject: '$S'"},
      {"CustodyService.GetPlanIssue", {kNorthCaseworker}, "name: 'planIssues/$issue_id'"},
      {"CustodyService.ListDeliveries", {kNorthCaseworker, kSenco}, "opened: true"},
      {"CustodyService.ListDeliveries", {kNorthCaseworker, kSenco}, "opened: false"},
      {"CustodyService.ConfirmDelivery",
       {kNorthCaseworker, kSenco},
       "name: 'planDeliveries/$delivery_id'"},
      {"CustodyService.RecordService",
       {kNorthCaseworker},
       "name: 'planIssues/$issue_id' service { recipient: PLAN_SERVICE_RECIPIENT_PARENT "
       "served_on: '2026-11-02' manner: PLAN_SERVICE_MANNER_POST }"},
      {"CustodyService.CreateAdviceRequest", {kNorthCaseworker}, kAdvice},
      {"CustodyService.GetAdviceRequest",
       {kNorthCaseworker, kPaediatrician},
       "name: 'adviceRequests/$advice_id'"},
      {"CustodyService.ListAdviceRequests", {kNorthCaseworker, kPaediatrician}, "only_open: true"},
      {"CustodyService.AnswerAdviceRequest",
       {kNorthCaseworker, kPaediatrician},
       "name: 'adviceRequests/$advice_id' advice { text: 't' given_on: '2026-11-01' "
       "author_role: 'doctor' }"},
      {"CustodyService.CancelAdviceRequest",
       {kNorthCaseworker},
       "name: 'adviceRequests/$advice_id' reason: 'no longer needed'"},
      {"CustodyService.CreateConsultation", {kNorthCaseworker}, kConsultation},
      {"CustodyService.ListConsultations", {kNorthCaseworker, kSenco}, "only_open: true"},
      {"CustodyService.AnswerConsultation",
       {kSenco},
       "name: 'consultations/$consultation_id' reply { "
       "answer: CONSULTATION_ANSWER_CAN_MEET_NEED reasons: 'r' replied_on: '2026-11-01' }"},
      {"CustodyService.CreateEarlyNotification", {kPaediatrician}, kEarly},
      {"CustodyService.ListEarlyNotifications", {kNorthCaseworker}, "only_open: false"},
      {"CustodyService.ListEarlyNotifications", {kPaediatrician}, "opened: true"},
      {"CustodyService.AcknowledgeEarlyNotification",
       {kNorthCaseworker},
       "name: 'earlyNotifications/$advice_id'"},
      {"CustodyService.StartNeedsAssessment",
       {kNorthCaseworker},
       "subject: '$S' requested_on: '2026-11-02'"},
      {"CustodyService.UpdateNeedsAssessment",
       {kNorthCaseworker},
       "name: 'needsAssessments/$assessment_id' decided_to_assess: true"},
      {"CustodyService.TransferPlan",
       {kNorthCaseworker},
       "subject: '$S' plan_transfer { to: 'agencies/bromley' moved_on: '2026-11-02' "
       "became_aware_on: '2026-11-02' child_reference: '$S' }"},
      {"CustodyService.CancelPlanTransfer",
       {kNorthCaseworker},
       "name: 'planTransfers/$incident_id' reason: 'no longer'"},
      {"CustodyService.ListPlanTransfers", {kNorthCaseworker}, "opened: true"},
      {"CustodyService.ListPlanTransfers", {kNorthCaseworker}, "opened: false"},
      {"CustodyService.AcknowledgePlanTransfer",
       {kNorthCaseworker},
       "name: 'planTransfers/$incident_id' wrote_on: '2026-11-03'"},
      {"CustodyService.GetBreakGlassUse",
       {kNorthGovernance, kPaediatrician},
       "name: 'breakGlassUses/$incident_id'"},
      {"CustodyService.ListBreakGlassUses", {kNorthGovernance, kPaediatrician}, "opened: false"},
      {"CustodyService.ReviewBreakGlassUse",
       {kNorthGovernance},
       "name: 'breakGlassUses/$incident_id' verdict: BREAK_GLASS_VERDICT_JUSTIFIED"},
      {"CustodyService.ResolveBreakGlassUse",
       {kNorthGovernance},
       "name: 'breakGlassUses/$incident_id' resolution: 'seen to'"},
      {"CustodyService.ListDisclosureNotices",
       {kNorthGovernance, kPaediatrician},
       "only_open: false"},
      {"CustodyService.AcknowledgeDisclosureNotice",
       {kNorthGovernance, kPaediatrician},
       "name: 'disclosureNotices/$notice_id'"},
      {"CustodyService.AcknowledgeDisclosureNotices",
       {kNorthGovernance, kPaediatrician},
       "names: 'disclosureNotices/$notice_id' names: 'disclosureNotices/$notice_id'"},
      {"SubjectService.SupersedeIdentifier",
       {kNorthCaseworker, kPaediatrician},
       "subject: '$S' superseded $id_nhs replacement { type: IDENTIFIER_TYPE_NHS_NUMBER "
       "value: '$nobody' }"},
      {"SubjectService.SeverIdentity",
       {kNorthManager, kNorthGovernance},
       "subject: '$S' reason: SEVERANCE_REASON_PROTECTED_PERSON justification: 'asked for' "
       "validate_only: true"},
      {"SubjectService.RestoreIdentity",
       {kNorthManager, kNorthGovernance},
       "severance: 'severances/$incident_id' justification: 'an error'"},
      {"SubjectService.JoinSubjects",
       {kNorthCaseworker, kNorthGovernance},
       "subject: '$S' other_subject: 'nhs:$nobody' reason: 'the same'"},
      {"SubjectService.SplitSubject",
       {kNorthCaseworker, kNorthGovernance},
       "subject: '$S' reason: 'not the same'"},
      {"SubjectService.ListMatchReviews",
       {kNorthCaseworker, kNorthGovernance, kPaediatrician},
       "page_size: 20"},
      {"SubjectService.GetMatchReview",
       {kNorthCaseworker, kNorthGovernance},
       "name: 'matchReviews/$incident_id'"},
      {"SubjectService.DecideMatchReview",
       {kNorthCaseworker, kNorthGovernance},
       "name: 'matchReviews/$incident_id' etag: 'r1' decision: MATCH_DECISION_KEEP_APART "
       "justification: 'two children'"},
      {"AuditService.ListSubjectDisclosures",
       {kNorthCaseworker, kNorthGovernance},
       "subject: '$S' view: DISCLOSURE_VIEW_OFFICER"},
      {"AuditService.ListWithheldDisclosures", {kNorthGovernance}, "subject: '$S'"},
      {"AuditService.ReviewWithheldDisclosure",
       {kNorthGovernance},
       "subject: '$S' leaf_hash: '0123456789abcdef0123456789abcdef' release: true reason: 'r'"},
      {"AuditService.PlaceDisclosureHold",
       {kNorthGovernance},
       "subject: '$S' reason: 'an enquiry' review_at { seconds: $later }"},
      {"AuditService.ReviewDisclosureHold",
       {kNorthGovernance},
       "name: 'disclosureHolds/$incident_id' lift: true reason: 'over'"},
      {"AuditService.ListDisclosureHolds", {kNorthGovernance}, "page_size: 20"},
      {"AuditService.GetAccessReport", {kNorthGovernance}, "since { seconds: $ago }"},
      {"AuditService.CompileIncidentPack",
       {kNorthGovernance},
       "recipient: 'agencies/elm-grove-school' since { seconds: $ago }"},
      {"RetentionService.PlaceLegalHold",
       {kNorthGovernance},
       "subject: '$S' reference: 'INQ-1' reason: 'an inquiry'"},
      {"RetentionService.LiftLegalHold",
       {kNorthGovernance},
       "name: 'legalHolds/$incident_id' reason: 'over'"},
      {"RetentionService.ListLegalHolds", {kNorthGovernance}, "page_size: 20"},
      {"RetentionService.ListRetentionDue", {kNorthGovernance, kNorthRecords}, "everything: true"},
      {"RetentionService.RequestErasure",
       {kNorthGovernance, kNorthRecords},
       "subject: '$S' scope: ERASURE_SCOPE_SUBJECT ground: ERASURE_GROUND_UNLAWFULLY_HELD "
       "reason: 'never ours' validate_only: true"},
      {"RetentionService.ApproveErasure", {kNorthGovernance}, "name: 'erasures/$incident_id'"},
      {"RetentionService.CancelErasure",
       {kNorthGovernance},
       "name: 'erasures/$incident_id' reason: 'no'"},
      {"RetentionService.ListErasures", {kNorthGovernance}, "page_size: 20"},
      // Planning: an authority's own matters, and notices to other agencies.
      {"PlanningService.ScoreNeeds",
       {kNorthSocialWorker},
       "subject: '$S' model: 'ras-4' assessed_on: '2026-10-01' answers { row: 'communicate' level: "
       "'LOTS' } answers { row: 'interests' level: 'NONE' }"},
      {"PlanningService.GetNeedsScore", {kNorthSocialWorker}, "name: 'needsScores/$incident_id'"},
      {"PlanningService.ListNeedsScores", {kNorthSocialWorker}, "page_size: 20"},
      {"PlanningService.AllocateIndicativeBudget",
       {kNorthSocialWorker},
       "subject: '$S' pot: 'budgetPots/$incident_id' model: 'early-intervention' reason: 'r'"},
      {"PlanningService.GetBudget", {kNorthSocialWorker}, "name: 'budgets/$incident_id'"},
      {"PlanningService.ListBudgets", {kNorthSocialWorker}, "page_size: 20"},
      {"PlanningService.ReviseBudget",
       {kNorthSocialManager},
       "name: 'budgets/$incident_id' stage: BUDGET_STAGE_FAMILY_FACING amount_pence: 5 "
       "reason: 'r'"},
      {"PlanningService.WithdrawBudget",
       {kNorthSocialWorker},
       "name: 'budgets/$incident_id' reason: 'r'"},
      {"PlanningService.GetFamilyBudget", {kNorthSocialWorker}, "name: 'budgets/$incident_id'"},
      {"PlanningService.RecordFunding",
       {kNorthSocialWorker},
       "name: 'budgets/$incident_id' funding { stream: 'TRANSPORT' amount_pence: 5 test { "
       "overcomes_barriers: true } }"},
      {"PlanningService.ArrangeFunds",
       {kNorthSocialWorker},
       "name: 'budgets/$incident_id' parts { kind: FUND_MANAGEMENT_KIND_AUTHORITY amount_pence: 5 "
       "stream: 'SOCIAL_CARE' schedule: PAYMENT_SCHEDULE_ANNUAL }"},
      {"PlanningService.RecordSpend",
       {kNorthSocialWorker},
       "name: 'budgets/$incident_id' spend { line: 'a' amount_pence: 5 spent_on: '2026-10-01' }"},
      {"PlanningService.ListDirectPayments", {kNorthPayments}, "page_size: 20"},
      {"PlanningService.RecordDirectPaymentCheck",
       {kNorthPayments},
       "name: 'budgets/$incident_id' checked_on: '2026-10-01' note: 'n'"},
      {"PlanningService.SubmitSupportPlan",
       {kNorthSocialWorker},
       "subject: '$S' support_plan { budget: 'budgets/$incident_id' important: 'i' }"},
      {"PlanningService.GetSupportPlan", {kNorthSocialWorker}, "name: 'supportPlans/$incident_id'"},
      {"PlanningService.ListSupportPlans", {kNorthSocialWorker}, "only_overdue: true"},
      {"PlanningService.DecideSupportPlan",
       {kNorthSocialManager},
       "name: 'supportPlans/$incident_id' approve: true reason: 'r'"},
      {"PlanningService.RecordChildView",
       {kNorthSocialWorker},
       "name: 'supportPlans/$incident_id' child_view { medium: CHILD_VIEW_MEDIUM_WORDS own_words: "
       "'w' facilitator: 'f' given_on: '2026-10-01' }"},
      {"PlanningService.RecordSupportPlanReview",
       {kNorthSocialWorker},
       "name: 'supportPlans/$incident_id' review { held_on: '2026-10-01' outcome: "
       "REVIEW_OUTCOME_CONTINUE summary: 's' }"},
      {"PlanningService.NotifyUnmetNeed",
       {kNorthSocialWorker},
       "subject: '$S' unmet_need { to: 'agencies/kings-park-nhs-trust' kind: "
       "UNMET_NEED_KIND_HEALTH child_reference: '$S' need: 'n' family_agreed_on: '2026-10-01' }"},
      {"PlanningService.ListUnmetNeeds",
       {kNorthSocialWorker, kSenco, kPaediatrician},
       "page_size: 20"},
      {"PlanningService.AnswerUnmetNeed",
       {kNorthSocialWorker, kSenco},
       "name: 'unmetNeeds/$incident_id' answer: UNMET_NEED_ANSWER_KNOWN"},
      {"CustodyService.ListWorkItems", {kNorthCaseworker, kSenco, kPaediatrician}, "page_size: 20"},

      // Referrals, by whoever may refer and by an authority that has none of them.
      {"PathwayService.SubmitReferral", {kPaediatrician, kSenco, kNorthCaseworker}, kReferral},
      {"PathwayService.GetReferral",
       {kPaediatrician, kNorthCaseworker},
       "name: 'referrals/$incident_id'"},
      {"PathwayService.ListReferrals", {kNorthCaseworker, kSenco}, "page_size: 20"},
      {"PathwayService.GetReferralStatus",
       {kPaediatrician, kNorthCaseworker},
       "name: 'referrals/$incident_id'"},
      {"PathwayService.RequestVerification", {kNorthCaseworker}, kVerification},
      {"PathwayService.AnswerVerification",
       {kSenco},
       "name: 'verifications/$incident_id' claims { code: 'ATTENDS' answer: "
       "CLAIM_ANSWER_CONFIRM }"},
      {"PathwayService.GetVerification", {kSenco}, "name: 'verifications/$incident_id'"},
      {"PathwayService.ListVerifications", {kSenco}, "page_size: 20"},
      {"PathwayService.ScoreReferral", {kNorthCaseworker}, "name: 'referrals/$incident_id'"},
      {"PathwayService.RecordPanelDecision", {kSendManager}, kPanel},
      {"PathwayService.RatifyDecision", {kSendManager}, "name: 'referrals/$incident_id'"},
      {"PathwayService.RecordServiceStart",
       {kNorthCaseworker},
       "name: 'referrals/$incident_id' started_on: '2026-11-01'"},
      {"PathwayService.EscalateToStatutory",
       {kPaediatrician},
       "name: 'referrals/$incident_id' kind: STATUTORY_ROUTE_KIND_CARER reason: 'asked'"},
      {"PathwayService.WithdrawReferral",
       {kPaediatrician},
       "name: 'referrals/$incident_id' reason: 'asked'"},
      {"PathwayService.HandOff",
       {kNorthCaseworker},
       "name: 'referrals/$incident_id' hand_off { to: 'agencies/bridge-care' child_reference: "
       "'$S' next_step: 'ring' }"},
      {"PathwayService.StepReferral",
       {kNorthCaseworker},
       "name: 'referrals/$incident_id' direction: STEP_DIRECTION_UP reason: 'more'"},
      {"PathwayService.ListHandOffs", {kKeyWorker}, "page_size: 20"},
      {"PathwayService.HandOverReferral",
       {kNorthCaseworker},
       "name: 'referrals/$incident_id' pathway: 'bromley-online-assessment' child_reference: '$S' "
       "moved_on: '2026-11-01'"},
      {"PathwayService.CloseReferral", {kNorthCaseworker}, "name: 'referrals/$incident_id'"},
      {"PathwayService.RecordReview", {kNorthCaseworker, kSenco}, kHeldReview},
      {"PathwayService.ListReviews", {kNorthCaseworker, kSenco}, "page_size: 20"},
      {"PathwayService.ReportConcern",
       {kPaediatrician, kSenco},
       "to: 'agencies/northshire-council' concern { child_reference: '$nhs' text: 'cold' }"},
      {"PathwayService.ListConcerns", {kSocialWorker}, "page_size: 20"},
      {"PathwayService.ResolveConcern",
       {kSocialWorker},
       "name: 'concerns/$incident_id' action_taken: 'visited'"},

      // Being told, and asking for a person.
      {"SubscriptionService.CreateSubscription", {kSenco}, kSubscription},
      {"SubscriptionService.ListSubscriptions", {kSenco}, "page_size: 50"},
      {"SubscriptionService.DeleteSubscription", {kSenco}, "name: 'subscriptions/$incident_id'"},
      {"SubscriptionService.AcknowledgeNotifications",
       {kSenco},
       "name: 'subscriptions/$incident_id' cursor: '0123456789abcdefghjkmnpqrs'"},
      {"RecordExchangeService.CreateRecordRequest", {kLiaisonOfficer}, kRequest},
      {"RecordExchangeService.ListRecordRequests",
       {kLiaisonOfficer},
       "side: RECORD_REQUEST_SIDE_MADE page_size: 20"},
      {"RecordExchangeService.ListRecordRequests",
       {kLiaisonOfficer},
       "side: RECORD_REQUEST_SIDE_RECEIVED"},
  };
  return *probes;
}

const std::vector<Exemption>& Exemptions() {
  static const auto* const exemptions = new std::vector<Exemption>{
      {"SubjectService.RegisterSubject", "LeakTest.RegisteringAndLinkingTellNothing"},
      {"SubjectService.LinkIdentifier", "LeakTest.RegisteringAndLinkingTellNothing"},
      {"SubscriptionService.StreamNotifications", "LeakTest.StreamTellsOfNobodyElse"},
      {"RecordExchangeService.GetRecordRequest", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.CancelRecordRequest", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.ListFlaggedRecords", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.ApproveRecordRequest", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.DeclineRecordRequest", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.ExtendRecordRequest", "LeakTest.RecordRequestsLiveAlike"},
      {"RecordExchangeService.AnswerNothingToShare", "LeakTest.RecordRequestsLiveAlike"},
      {"AuditService.ListAuditEntries", "LeakTest.TwoWorldsAnswerTheSameBytes"},
      {"AuditService.GetCheckpoint",
       "the size of the log; the indexes in ListAuditEntries hold that calls add alike"},
      {"AuditService.GetInclusionProof", "names a leaf of the log, which is public to agencies"},
      {"AuditService.GetConsistencyProof", "names sizes of the log"},
      {"AuditService.GetTiles", "hashes of the log's tree"},
      {"AuditService.SubmitWitnessSignature", "signs a head of the log"},
      {"PathwayService.CompareScores",
       "counts an authority's own sheets, without cases and none of few"},
      {"PlanningService.CreateBudgetPot", "a pot is about no child"},
      {"PlanningService.GetBudgetPot", "a pot is about no child, and its own authority's"},
      {"PlanningService.ListBudgetPots", "a pot is about no child, and its own authority's"},
      {"PlanningService.AddCohortCases", "a cohort is two numbers for each case, of no child"},
      {"PlanningService.LockCohort", "a cohort is two numbers for each case, of no child"},
      {"AgreementService.ListAgreements", "agreements are about no child"},
      {"AgreementService.GetAgreement", "agreements are about no child"},
      {"AgreementService.RenderAgreement", "agreements are about no child"},
      {"AgreementService.SuspendAgreement", "agreements are about no child"},
      {"AgreementService.ReinstateAgreement", "agreements are about no child"},
      {"AgreementService.ActivatePolicy", "policy is about no child"},
      {"AgreementService.GetPolicyRevision", "policy is about no child"},
      {"AgreementService.ListShadowDecisions", "for the operator's policy officers and auditors"},
      {"AgreementService.ExplainDecision", "supposes its facts and reads nothing of any child"},
      {"DirectoryService.PublishService", "services are about no child"},
      {"DirectoryService.WithdrawService", "services are about no child"},
      {"DirectoryService.GetService", "services are about no child"},
      {"DirectoryService.SearchServices", "services are about no child"},
      {"AgencyAdminService.GetReadiness", "an agency's own progress in joining"},
      {"AgencyAdminService.DeclareReadiness", "an agency's own progress in joining"},
      {"AgencyAdminService.ActivateAgency", "agencies are no children"},
      {"AgencyAdminService.SuspendAgency", "agencies are no children"},
      {"AgencyAdminService.ReinstateAgency", "agencies are no children"},
      {"AgencyAdminService.ApproveProposal", "the operators' own steps are about no child"},
      {"AgencyAdminService.WithdrawProposal", "the operators' own steps are about no child"},
      {"AgencyAdminService.ListProposals", "the operators' own steps are about no child"},
      {"AgencyAdminService.GetUsage", "counts an agency's own calls, whoever they were about"},
      {"AgencyAdminService.CreateAgency", "agencies are no children"},
      {"AgencyAdminService.CreateEnrolment", "agencies are no children"},
      {"AgencyAdminService.CancelEnrolment", "agencies are no children"},
      {"AgencyAdminService.ListEnrolments", "agencies are no children"},
      {"AgencyAdminService.GrantDelegation", "who acts for whom names no child"},
      {"AgencyAdminService.AcceptDelegation", "who acts for whom names no child"},
      {"AgencyAdminService.EndDelegation", "who acts for whom names no child"},
      {"AgencyAdminService.ListDelegations", "who acts for whom names no child"},
      {"EnrolmentService.RequestCertificate", "another process, which knows no child"},
      {"AgencyAdminService.GetAgency", "agencies are no children"},
      {"AgencyAdminService.ListAgencies", "agencies are no children"},
      {"AgencyAdminService.EnrolCredential", "credentials are about no child"},
      {"AgencyAdminService.ListCredentials", "credentials are about no child"},
      {"AgencyAdminService.RevokeCredential", "credentials are about no child"},
  };
  return *exemptions;
}

const std::vector<Deed>& Deeds() {
  static const auto* const deeds = new std::vector<Deed>{
      {"register", kCaseworker, "SubjectService.RegisterSubject", kRegistration,
       "subject=their_subject"},
      {"mother", kCaseworker, "SubjectService.CreateRelationship", kMother,
       "relationship.name=their_relationship"},
      {"enrolment", kCaseworker, "SubjectService.CreateRelationship", kEnrolment, ""},
      {"named institution", kCaseworker, "SubjectService.CreateRelationship",
       "subject: '$S' relationship { kind: RELATIONSHIP_KIND_NAMED_INSTITUTION "
       "agency: 'agencies/elm-grove-school' valid_from: '2020-09-01' }",
       ""},
      {"commissioner", kCaseworker, "SubjectService.CreateRelationship",
       "subject: '$S' relationship { kind: RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER "
       "agency: 'agencies/south-east-london-icb' valid_from: '2020-09-01' }",
       ""},
      {"register elsewhere", kKeyWorker, "SubjectService.RegisterSubject", kRegistration, ""},
      {"outcome elsewhere", kKeyWorker, "RecordExchangeService.CreateAssessmentOutcome", kOutcome,
       ""},
      {"plan", kCaseworker, "RecordExchangeService.PublishPlan", kPlan,
       "published.name=their_record"},
      {"status", kCaseworker, "RecordExchangeService.PublishSupportStatus", kStatus, ""},
      {"care", kSocialWorker, "RecordExchangeService.PublishCareRecord", kCare, ""},
      {"flag", kSocialWorker, "RecordExchangeService.PublishFlag", kFlag, ""},
      {"outcome", kSocialWorker, "RecordExchangeService.CreateAssessmentOutcome", kOutcome, ""},
      {"consent", kCaseworker, "ConsentService.RecordConsent", kConsent,
       "consent.name=their_consent"},
      {"standing", kSendManager, "ConsentService.RecordStandingDecision", kStanding,
       "standing_decision.name=their_standing"},
      {"competence", kCaseworker, "SubjectService.RecordCapacity", kCompetence, ""},
      {"restricted", kCaseworker, "SubjectService.CreateProtection", kRestricted,
       "protection.name=their_protection"},
      {"intelligence", kCaseworker, "SubjectService.CreateProtection", kIntelligence, ""},
      {"youth justice", kSocialWorker, "SubjectService.CreateProtection",
       "subject: '$S' protection { label: PROTECTION_LABEL_YOUTH_JUSTICE "
       "valid_from: '2020-01-01' }",
       ""},
      {"court", kSocialWorker, "SubjectService.CreateProtection",
       "subject: '$S' protection { label: PROTECTION_LABEL_COURT_RESTRICTED "
       "valid_from: '2020-01-01' }",
       ""},
      {"fgm", kSocialWorker, "SubjectService.CreateProtection",
       "subject: '$S' protection { label: PROTECTION_LABEL_FGM valid_from: '2020-01-01' }", ""},
      {"sensitive service", kSocialWorker, "SubjectService.CreateProtection",
       "subject: '$S' protection { label: PROTECTION_LABEL_SENSITIVE_SERVICE "
       "valid_from: '2020-01-01' }",
       ""},
      {"third party", kSocialWorker, "SubjectService.CreateProtection",
       "subject: '$S' protection { label: PROTECTION_LABEL_THIRD_PARTY "
       "valid_from: '2020-01-01' }",
       ""},
      {"advice", kCaseworker, "CustodyService.CreateAdviceRequest", kAdvice,
       "advice_request.name=their_advice"},
      {"consultation", kCaseworker, "CustodyService.CreateConsultation", kConsultation,
       "consultation.name=their_consultation"},
      {"assessment", kCaseworker, "CustodyService.StartNeedsAssessment",
       "subject: '$S' requested_on: '2026-11-02'", "needs_assessment.name=their_assessment"},
      {"issue", kCaseworker, "CustodyService.IssuePlan", "subject: '$S'",
       "plan_issue.name=their_issue"},
      {"recall", kSocialWorker, "CustodyService.RecallRecord", kRecall,
       "incident.name=their_incident"},
      {"plan again", kCaseworker, "RecordExchangeService.PublishPlan", kPlan, ""},
      {"enquire", kSocialWorker, "RecordExchangeService.GetPlan",
       "subject: '$S' sections: PLAN_SECTION_CODE_A custodian: 'agencies/bromley' context { "
       "purpose: 'SAFEGUARDING_S47' lawful_basis: 'ART6_1_C' special_category_basis: 'SCH1_PARA18' "
       "gateway: 'R17_INTERESTS' agreement: 'agreements/bromley-units' case_reference: 'S47-1' }",
       ""},
      {"be told", kCaseworker, "CustodyService.ListDisclosureNotices", "only_open: true",
       "disclosure_notices.0.name=their_notice"},
      {"ask to sever", kSendManager, "SubjectService.SeverIdentity",
       "subject: '$S' reason: SEVERANCE_REASON_ADOPTION justification: 'an order'",
       "severance.name=their_severance"},
      {"sever", kOtherSendManager, "SubjectService.SeverIdentity", "severance: '$last'", ""},
  };
  return *deeds;
}

const std::vector<Difference>& Differences() {
  static const std::vector<std::string> kKnown = {"register", "mother", "plan", "status", "care"};
  static const auto* const differences = new std::vector<Difference>{
      {"the child",
       {},
       {"register", "mother", "enrolment", "named institution", "commissioner", "plan", "status",
        "care", "flag", "outcome", "consent", "standing", "competence", "advice", "consultation",
        "assessment", "issue", "recall"}},
      {"the child of a third agency", {}, {"register elsewhere", "outcome elsewhere"}},
      {"the records", {"register", "mother"}, {"plan", "status", "care", "flag", "outcome"}},
      {"the consent", kKnown, {"consent", "standing", "competence"}},
      {"the relationship", kKnown, {"enrolment", "named institution", "commissioner"}},
      {"the restricted address", kKnown, {"restricted"}},
      {"the intelligence", kKnown, {"intelligence"}},
      {"the flags", kKnown, {"youth justice", "court", "fgm", "sensitive service", "third party"}},
      {"the matters", kKnown, {"advice", "consultation", "assessment", "issue"}},
      {"the recall", kKnown, {"recall"}},
      {"the notice of a reading", kKnown, {"enquire", "be told"}},
      {"the severed identity", kKnown, {"ask to sever", "sever"}},
  };
  return *differences;
}

}  // namespace ehc
