#include "server/base/signed_note.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "server/base/checkpoint.h"
#include "server/base/encoding.h"
#include "server/base/merkle.h"
#include "server/base/utf8.h"

namespace ehc {
namespace {

// The published example of golang.org/x/mod/sumdb/note.
constexpr char kGoText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kGoVerifierKey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kGoSeed[] = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
constexpr char kGoSignatureLine[] =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6K"
    "E6RyyBwJnAM=\n";

std::string GoNote() { return absl::StrCat(kGoText, "\n", kGoSignatureLine); }

Ed25519SigningKey KeyOf(absl::string_view seed_base64) {
  return *Ed25519SigningKey::FromSeed(SecretBytes::CopyOf(*Base64Decode(seed_base64)));
}

NoteSigner Signer(NoteKeyType type, absl::string_view name) {
  return *NoteSigner::Create(type, name, Ed25519SigningKey::Generate());
}

absl::Time Noon() { return absl::FromUnixSeconds(1679315147); }

SignedNote Signed(absl::string_view text, const NoteSigner& signer) {
  return SignedNote{std::string(text), {*signer.Sign(text, Noon())}};
}

TEST(SignedNote, ThePublishedExampleVerifies) {
  const auto verifier = NoteVerifier::Parse(kGoVerifierKey);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ(verifier->key_id(), 0xc74f20a3u);
  const auto note = ParseSignedNote(GoNote());
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->text, kGoText);
  EXPECT_TRUE(verifier->Verify(*note).ok());
}

TEST(SignedNote, SigningThePublishedTextGivesThePublishedNote) {
  const auto signer = NoteSigner::Create(NoteKeyType::kEd25519, "PeterNeumann", KeyOf(kGoSeed));
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(signer->verifier().Encode(), kGoVerifierKey);
  EXPECT_EQ(Signed(kGoText, *signer).Encode(), GoNote());
}

TEST(SignedNote, NoFlippedBitIsAccepted) {
  const auto verifier = NoteVerifier::Parse(kGoVerifierKey);
  const std::string note = GoNote();
  for (size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string tampered = note;
    tampered[bit / 8] ^= 1 << bit % 8;
    const auto parsed = ParseSignedNote(tampered);
    EXPECT_FALSE(parsed.ok() && verifier->Verify(*parsed).ok()) << "bit " << bit;
  }
}

TEST(SignedNote, WhatParsesIsWhatWouldBeEncoded) {
  std::mt19937 random(3);
  const std::string note = GoNote();
  int parsed_notes = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string mutated = note;
    for (uint32_t flips = random() % 3 + 1; flips > 0; --flips) {
      mutated[random() % mutated.size()] = static_cast<char>(random());
    }
    const auto parsed = ParseSignedNote(mutated);
    if (!parsed.ok()) continue;
    ++parsed_notes;
    EXPECT_EQ(parsed->Encode(), mutated);
  }
  EXPECT_GT(parsed_notes, 1000);
}

TEST(SignedNote, TheTextEndsAtTheLastBlankLine) {
  const NoteSigner signer = Signer(NoteKeyType::kEd25519, "log.example/one");
  const SignedNote note = Signed("sera\n\ned è subito\n", signer);
  const auto parsed = ParseSignedNote(note.Encode());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text, "sera\n\ned è subito\n");
  EXPECT_TRUE(signer.verifier().Verify(*parsed).ok());
}

TEST(SignedNote, MalformedNotesAreRefused) {
  const std::string line = kGoSignatureLine;
  const auto refused = [](const std::string& note) {
    return absl::IsInvalidArgument(ParseSignedNote(note).status());
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("text\n"));
  EXPECT_TRUE(refused("text\n\n"));
  EXPECT_TRUE(refused("text\n" + line));                               // no blank line
  EXPECT_TRUE(refused("text\n\n" + line.substr(0, line.size() - 1)));  // no final newline
  EXPECT_TRUE(refused("text\n\n" + line + "\n"));
  EXPECT_TRUE(refused("te\txt\n\n" + line));
  EXPECT_TRUE(refused("te\rxt\n\n" + line));
  EXPECT_TRUE(refused("te\xffxt\n\n" + line));
  EXPECT_TRUE(refused("te\xed\xa0\x80xt\n\n" + line));        // surrogate
  EXPECT_TRUE(refused("text\n\n- PeterNeumann x08go/Zk\n"));  // a hyphen for the dash
  EXPECT_TRUE(refused("text\n\n— PeterNeumann \n"));
  EXPECT_TRUE(refused("text\n\n— PeterNeumann x08gow==\n"));  // a key id alone
  EXPECT_TRUE(refused("text\n\n— PeterNeumann x08go/Zk \n"));
  EXPECT_TRUE(refused("text\n\n— PeterNeumann x08go/Zl====\n"));
  EXPECT_TRUE(refused("text\n\n— Peter+Neumann x08go/Zk\n"));
  EXPECT_TRUE(refused("text\n\n—  x08go/Zk\n"));
  EXPECT_TRUE(refused("text\n\n— Peter\xc2\xa0Neumann x08go/Zk\n"));  // no-break space
  EXPECT_FALSE(refused("text\n\n— PeterNeumann x08go/Zk\n"));
}

TEST(SignedNote, SizeAndNumberOfSignaturesAreBounded) {
  const std::string line = kGoSignatureLine;
  std::string note = "text\n\n";
  for (size_t i = 0; i < kMaxNoteSignatures; ++i) note += line;
  EXPECT_TRUE(ParseSignedNote(note).ok());
  EXPECT_FALSE(ParseSignedNote(note + line).ok());
  EXPECT_FALSE(ParseSignedNote(std::string(kMaxNoteSize, 'a') + "\n\n" + line).ok());
}

TEST(NoteVerifier, ANoteSignedByOthersOnlyIsNotFound) {
  const NoteSigner ours = Signer(NoteKeyType::kEd25519, "log.example/one");
  const NoteSigner namesake = Signer(NoteKeyType::kEd25519, "log.example/one");
  const auto status = ours.verifier().Verify(Signed("text\n", namesake));
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

TEST(NoteVerifier, AWrongSignatureByAKnownKeyRefusesTheNoteEvenBesideARightOne) {
  const NoteSigner signer = Signer(NoteKeyType::kEd25519, "log.example/one");
  SignedNote note = Signed("text\n", signer);
  note.signatures.push_back(*signer.Sign("other text\n", Noon()));
  EXPECT_TRUE(absl::IsDataLoss(signer.verifier().Verify(note)));
}

TEST(NoteVerifier, KeysAreHandedOutAndTakenBack) {
  for (const NoteKeyType type : {NoteKeyType::kEd25519, NoteKeyType::kCosignatureV1}) {
    const NoteVerifier verifier = Signer(type, "witness.example/w1").verifier();
    const auto copy = NoteVerifier::Parse(verifier.Encode());
    ASSERT_TRUE(copy.ok());
    EXPECT_EQ(copy->Encode(), verifier.Encode());
    EXPECT_EQ(copy->type(), type);
  }
}

TEST(NoteVerifier, MalformedKeysAreRefused) {
  const std::string key = kGoVerifierKey;
  EXPECT_FALSE(NoteVerifier::Parse("").ok());
  EXPECT_FALSE(NoteVerifier::Parse("PeterNeumann").ok());
  EXPECT_FALSE(NoteVerifier::Parse("+c74f20a3+" + key.substr(22)).ok());
  EXPECT_FALSE(NoteVerifier::Parse(absl::StrReplaceAll(key, {{"c74f20a3", "c74f20a4"}})).ok());
  EXPECT_FALSE(NoteVerifier::Parse(absl::StrReplaceAll(key, {{"c74f20a3", "C74F20A3"}})).ok());
  EXPECT_FALSE(NoteVerifier::Parse(absl::StrReplaceAll(key, {{"+ARp", "+Ahp"}})).ok());
  EXPECT_FALSE(NoteVerifier::Parse(key + "AAAA").ok());
}

TEST(NoteSigner, NamesWithSpacesOrPlusSignsAreRefused) {
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\xe2\x80\x83z", "a\xff"}) {
    EXPECT_FALSE(
        NoteSigner::Create(NoteKeyType::kEd25519, name, Ed25519SigningKey::Generate()).ok());
  }
}

TEST(Cosignature, CarriesTheTimeItWasMade) {
  const NoteSigner log = Signer(NoteKeyType::kEd25519, "log.example/one");
  const NoteSigner witness = Signer(NoteKeyType::kCosignatureV1, "witness.example/w1");
  SignedNote note = Signed("log.example/one\n0\nroot\n", log);
  note.signatures.push_back(*witness.Sign(note.text, Noon()));
  note.signatures.push_back(*witness.Sign(note.text, Noon() - absl::Seconds(9)));
  const auto parsed = ParseSignedNote(note.Encode());
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(log.verifier().Verify(*parsed).ok());
  const auto cosigned_at = witness.verifier().CosignedAt(*parsed);
  ASSERT_TRUE(cosigned_at.ok());
  EXPECT_EQ(*cosigned_at, Noon());
}

TEST(Cosignature, SignsTheHeaderTheTimeAndTheWholeText) {
  const Ed25519SigningKey key = Ed25519SigningKey::Generate();
  const NoteSigner witness = *NoteSigner::Create(NoteKeyType::kCosignatureV1, "w", key);
  const NoteSignature signature = *witness.Sign("a\n1\nb\n", Noon());
  ASSERT_EQ(signature.bytes.size(), 72u);
  const auto verify_key = *Ed25519VerifyKey::FromRaw(key.public_raw());
  EXPECT_TRUE(
      verify_key.Verify("cosignature/v1\ntime 1679315147\na\n1\nb\n", signature.bytes.substr(8)));
  EXPECT_EQ(HexEncode(signature.bytes.substr(0, 8)), "00000000641850cb");
}

TEST(Cosignature, AnAlteredTimeIsRefused) {
  const NoteSigner witness = Signer(NoteKeyType::kCosignatureV1, "witness.example/w1");
  SignedNote note = Signed("text\n", witness);
  for (size_t bit = 0; bit < note.signatures[0].bytes.size() * 8; ++bit) {
    SignedNote altered = note;
    altered.signatures[0].bytes[bit / 8] ^= 1 << bit % 8;
    EXPECT_TRUE(absl::IsDataLoss(witness.verifier().Verify(altered))) << bit;
  }
}

TEST(Cosignature, IsNoOrdinarySignatureByTheSameKey) {
  const Ed25519SigningKey key = Ed25519SigningKey::Generate();
  const NoteSigner plain = *NoteSigner::Create(NoteKeyType::kEd25519, "w", key);
  const NoteSigner witness = *NoteSigner::Create(NoteKeyType::kCosignatureV1, "w", key);
  EXPECT_NE(plain.verifier().key_id(), witness.verifier().key_id());
  EXPECT_TRUE(absl::IsNotFound(witness.verifier().Verify(Signed("text\n", plain))));
}

Checkpoint SomeCheckpoint() {
  Checkpoint checkpoint;
  checkpoint.origin = "hub.example/log-1";
  checkpoint.size = 20852163;
  checkpoint.root = LeafHash("x");
  return checkpoint;
}

TEST(Checkpoint, HasTheSpecifiedLines) {
  Checkpoint checkpoint = SomeCheckpoint();
  checkpoint.root = *DigestFromBytes(*Base64Decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="));
  EXPECT_EQ(checkpoint.Encode(),
            "hub.example/log-1\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

TEST(Checkpoint, IsOpenedWithTheLogsKey) {
  const NoteSigner log = Signer(NoteKeyType::kEd25519, "hub.example/log-1");
  Checkpoint checkpoint = SomeCheckpoint();
  checkpoint.extensions = {"one more line"};
  const auto opened = OpenCheckpoint(Signed(checkpoint.Encode(), log).Encode(), log.verifier());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->origin, checkpoint.origin);
  EXPECT_EQ(opened->size, checkpoint.size);
  EXPECT_EQ(opened->root, checkpoint.root);
  EXPECT_EQ(opened->extensions, checkpoint.extensions);
}

TEST(Checkpoint, ADifferentOriginThanTheSignersNameIsRefused) {
  const NoteSigner log = Signer(NoteKeyType::kEd25519, "hub.example/log-2");
  const auto opened =
      OpenCheckpoint(Signed(SomeCheckpoint().Encode(), log).Encode(), log.verifier());
  EXPECT_TRUE(absl::IsInvalidArgument(opened.status()));
}

TEST(Checkpoint, MalformedTextsAreRefused) {
  const std::string root = Base64Encode(DigestView(LeafHash("x")));
  const auto refused = [](const std::string& text) {
    return absl::IsInvalidArgument(ParseCheckpoint(text).status());
  };
  EXPECT_FALSE(refused("o\n0\n" + root + "\n"));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("o\n0\n" + root));
  EXPECT_TRUE(refused("o\n0\n"));
  EXPECT_TRUE(refused("\n0\n" + root + "\n"));
  EXPECT_TRUE(refused("o\n0\n" + root + "\n\n"));
  EXPECT_TRUE(refused("o\n0\n" + root + "\n\nx\n"));
  for (const char* size : {"00", "01", "-1", "+1", " 1", "1 ", "0x1", "1e3", "4611686018427387905",
                           "18446744073709551616"}) {
    EXPECT_TRUE(refused(absl::StrCat("o\n", size, "\n", root, "\n"))) << size;
  }
  EXPECT_TRUE(refused("o\n1\n" + root.substr(1) + "\n"));
  EXPECT_TRUE(refused("o\n1\n" + Base64Encode("short") + "\n"));
}

TEST(Utf8, OnlyWellFormedCharactersAreTaken) {
  const auto first = [](absl::string_view text) { return TakeUtf8Character(&text); };
  EXPECT_EQ(first("a"), U'a');
  EXPECT_EQ(first("\xc3\xa8"), U'è');
  EXPECT_EQ(first("\xe2\x80\x94"), U'—');
  EXPECT_EQ(first("\xf4\x8f\xbf\xbf"), char32_t{0x10FFFF});
  for (const char* malformed :
       {"", "\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x80", "\xc3z"}) {
    EXPECT_EQ(first(malformed), std::nullopt);
  }
}

}  // namespace
}  // namespace ehc
