#include "server/base/key_change.h"

#include "gtest/gtest.h"

namespace ehc {
namespace {

constexpr char kLog[] = "ehc-hub/a-log";

NoteSigner NewSigner(NoteKeyType type = NoteKeyType::kEd25519, const char* name = kLog) {
  return NoteSigner::Create(type, name, Ed25519SigningKey::Generate()).value();
}

std::string Note(const KeyChange& change, std::initializer_list<const NoteSigner*> signers) {
  SignedNote note;
  note.text = change.Encode();
  for (const NoteSigner* signer : signers) {
    note.signatures.push_back(signer->Sign(note.text, change.at).value());
  }
  return note.Encode();
}

class KeyChangeTest : public ::testing::Test {
 protected:
  KeyChange ToAdded() const {
    return {kLog, absl::FromUnixSeconds(1'790'000'000), LogKeyKind::kCheckpoint,
            added_.verifier().Encode()};
  }
  absl::Status Open(const std::string& note) const {
    const std::vector<NoteVerifier> known = {former_.verifier()};
    return OpenKeyChange(note, kLog, known).status();
  }

  const NoteSigner former_ = NewSigner();
  const NoteSigner added_ = NewSigner();
};

TEST_F(KeyChangeTest, IsReadBackInItsOneForm) {
  const SigningKey promise = SigningKey::Generate();
  for (const KeyChange& change :
       {ToAdded(),
        KeyChange{kLog, absl::FromUnixSeconds(0), LogKeyKind::kPromise, promise.PublicPem()}}) {
    const auto parsed = ParseKeyChange(change.Encode());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->origin, change.origin);
    EXPECT_EQ(parsed->at, change.at);
    EXPECT_EQ(parsed->kind, change.kind);
    EXPECT_EQ(parsed->key, change.key);
  }
  EXPECT_FALSE(ParseKeyChange(ToAdded().Encode() + "x\n").ok());
  EXPECT_FALSE(ParseKeyChange("").ok());
}

TEST_F(KeyChangeTest, CountsIfAFormerKeyAndTheNewOneSigned) {
  EXPECT_EQ(Open(Note(ToAdded(), {&former_, &added_})), absl::OkStatus());
}

TEST_F(KeyChangeTest, ThatNoKnownKeySignedIsNotVouchedFor) {
  EXPECT_TRUE(absl::IsPermissionDenied(Open(Note(ToAdded(), {&added_}))));
}

TEST_F(KeyChangeTest, ThatTheNewKeyDidNotSignIsNone) {
  EXPECT_FALSE(Open(Note(ToAdded(), {&former_})).ok());
}

TEST_F(KeyChangeTest, OfAnotherLogOrToAKeyOfAnotherUseIsNone) {
  KeyChange elsewhere = ToAdded();
  elsewhere.origin = "ehc-hub/another";
  EXPECT_FALSE(Open(Note(elsewhere, {&former_, &added_})).ok());
  const NoteSigner witness = NewSigner(NoteKeyType::kCosignatureV1);
  KeyChange to_witness = ToAdded();
  to_witness.key = witness.verifier().Encode();
  EXPECT_FALSE(Open(Note(to_witness, {&former_, &witness})).ok());
  const NoteSigner stranger = NewSigner(NoteKeyType::kEd25519, "somebody-else");
  KeyChange to_stranger = ToAdded();
  to_stranger.key = stranger.verifier().Encode();
  EXPECT_FALSE(Open(Note(to_stranger, {&former_, &stranger})).ok());
}

TEST_F(KeyChangeTest, ThatWasAlteredIsNone) {
  std::string note = Note(ToAdded(), {&former_, &added_});
  note[note.find("1790000000")] = '2';
  EXPECT_FALSE(Open(note).ok());
}

}  // namespace
}  // namespace ehc
