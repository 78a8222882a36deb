// An identifier and the child that it is bound to: what registering, linking and superseding share.
#ifndef EHC_SERVER_SERVICES_IDENTIFIER_LINKS_H_
#define EHC_SERVER_SERVICES_IDENTIFIER_LINKS_H_

#include <string>
#include <vector>

#include "server/services/registration.h"

namespace ehc {

struct KeyedIdentifier {
  hub::v1::Identifier message;  // its value in canonical form
  Identifier identifier;
  Digest digest{};
};

// Whom the identifier means to the calling agency.
struct Owner {
  SubjectId named;        // the number that it is bound to
  SubjectId root;         // the child that this is a number of
  bool disputed = false;  // the agency's own child, under an identifier held for another
};

// FIELD_INVALID names the rule that the identifier at `field` breaks.
absl::StatusOr<KeyedIdentifier> KeyOf(const Desks& desks, const hub::v1::Identifier& message,
                                      absl::string_view field);

// What that rests on goes into `reads`.
absl::StatusOr<Owner> FindOwner(const Rooms& rooms, const CaseFile& file,
                                const KeyedIdentifier& identifier, ReadView& view,
                                std::vector<VersionKey>& reads);

// The number that the reference means to the calling agency; 0: nobody.
absl::StatusOr<SubjectId> NumberOf(const Rooms& rooms, const CaseFile& file, const SubjectRef& ref,
                                   ReadView& view, std::vector<VersionKey>& reads);

// To the calling agency's writes alone the identifier is this child's.
BindIdentifier BindDisputed(const Rooms& rooms, const CaseFile& file,
                            const KeyedIdentifier& identifier, SubjectId subject);

// Writes down what the calling agency says of the identifier, once. `about`: the number of the
// child that it is about, where that is not the dossier's own and the call does not name it.
void AddIdentifier(const CaseFile& file, const hub::v1::Identifier& value,
                   store::v1::Dossier& dossier, SubjectId about = {});

// The identifier as it stands in the dossier; null: it does not.
const hub::v1::Identifier* FindIn(const store::v1::Dossier& dossier,
                                  const KeyedIdentifier& identifier);

// A RegisterSubjectResponse without the name when nothing is stored: a name that is the same twice
// tells that the child is known.
Written DescribeSubject(const Rooms& rooms, const CaseFile& file, SubjectId known_as);
absl::StatusOr<Written> RecallSubject(const Rooms& rooms, const CaseFile& file,
                                      const std::string& resource);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_IDENTIFIER_LINKS_H_
