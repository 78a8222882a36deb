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

// Whose an identifier is. `own`: the calling agency's child, as that agency itself registered or
// linked it. `holder`: the child that the hub holds it for, whoever linked it. What an agency is
// told depends on the first alone; the second is for the hub, and for whoever reviews conflicts.
// Each by the number that it is bound to, and by the child that this is a number of.
struct Owner {
  SubjectId own;
  SubjectId own_root;
  bool disputed = false;  // its own child, under an identifier held for another
  SubjectId holder;
  SubjectId holder_root;
  store::v1::Dossier holders;  // the holder's dossier
};

// FIELD_INVALID names the rule that the identifier at `field` breaks.
absl::StatusOr<KeyedIdentifier> KeyOf(const Desks& desks, const hub::v1::Identifier& message,
                                      absl::string_view field);

// What that rests on goes into `reads`.
absl::StatusOr<Owner> FindOwner(const Rooms& rooms, const CaseFile& file,
                                const KeyedIdentifier& identifier, ReadView& view,
                                std::vector<VersionKey>& reads);

// The number that the reference means: of the calling agency's own child, or of anybody's, which
// nothing that the agency is told may depend on. 0: nobody.
enum class Whose { kOwn, kAnybodys };
absl::StatusOr<SubjectId> NumberOf(const Rooms& rooms, const CaseFile& file, const SubjectRef& ref,
                                   Whose whose, ReadView& view, std::vector<VersionKey>& reads);

// To the calling agency's writes alone the identifier is this child's.
BindIdentifier BindDisputed(const Rooms& rooms, const CaseFile& file,
                            const KeyedIdentifier& identifier, SubjectId subject);

// Writes down what the calling agency says of the identifier, once. `about`: the number of the
// child that it is about, where that is not the dossier's own and the call does not name it.
void AddIdentifier(const CaseFile& file, const hub::v1::Identifier& value,
                   store::v1::Dossier& dossier, SubjectId about = {});

// Writes down how the calling agency describes the child, in place of what it said before. What it
// once knew of name and birth and leaves out now, stands; a postcode left out is gone. `about`: as
// above.
void AddAccount(const CaseFile& file, const hub::v1::PersonDetails& person,
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
