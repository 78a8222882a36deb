// Every way in which an assertion can be wrong, one at a time: a good token with one thing spoiled.
#include "server/identity/assertion.h"

#include <functional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/identity/refusal.h"
#include "tests/unit/identity/identity_fixture.h"

namespace ehc {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

using Spoil = std::function<void(json&)>;

class AssertionTest : public IdentityTest {
 protected:
  json Header() const {
    return {{"alg", "ES256"}, {"kid", bromley_.signer().key_id()}, {"typ", "JWT"}};
  }

  json Claims() const {
    const int64_t now = absl::ToUnixSeconds(now_);
    return {{"iss", "bromley"},
            {"sub", "u-1042"},
            {"aud", kAudience},
            {"iat", now},
            {"exp", now + 600},
            {"jti", "0123456789abcdef"},
            {"cnf", {{"x5t#S256", ehchub::CertificateThumbprint(bromley_.pem()).value()}}},
            {"ehc_role", "SEND_CASEWORKER"},
            {"ehc_unit", "send"}};
  }

  std::string Sign(const json& header, const json& claims) const {
    return bromley_.signer().SignCompact(header.dump(), claims.dump()).value();
  }

  std::string WithClaims(const Spoil& spoil) const {
    json claims = Claims();
    spoil(claims);
    return Sign(Header(), claims);
  }

  std::string WithHeader(const Spoil& spoil) const {
    json header = Header();
    spoil(header);
    return Sign(header, Claims());
  }

  void ExpectRefused(absl::string_view token, const std::string& why) {
    const absl::StatusOr<Caller> caller = Authenticate(token);
    EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated) << caller.status();
    EXPECT_EQ(RefusalReason(caller.status()), "ASSERTION_INVALID");
    EXPECT_THAT(std::string(caller.status().message()), HasSubstr(why));
  }

  void ExpectAccepted(absl::string_view token) {
    EXPECT_TRUE(Authenticate(token).ok()) << Authenticate(token).status();
  }
};

TEST_F(AssertionTest, GoodTokenIsAccepted) { ExpectAccepted(Sign(Header(), Claims())); }

TEST_F(AssertionTest, TypMayBeLeftOut) {
  ExpectAccepted(WithHeader([](json& header) { header.erase("typ"); }));
}

TEST_F(AssertionTest, UnknownClaimsOfOthersAreIgnored) {
  ExpectAccepted(WithClaims([](json& claims) { claims["azp"] = {{"x", json::array({1, "y"})}}; }));
}

// ---- the header

TEST_F(AssertionTest, NoneAlgorithmIsRefused) {
  json header = Header();
  header["alg"] = "none";
  ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(header.dump()), ".",
                             absl::WebSafeBase64Escape(Claims().dump()), "."),
                "alg must be ES256");
  ExpectRefused(Sign(header, Claims()), "alg must be ES256");
}

TEST_F(AssertionTest, OtherAlgorithmsAreRefused) {
  for (const char* alg : {"HS256", "RS256", "ES384", "EdDSA", "es256", "ES256K", ""}) {
    ExpectRefused(WithHeader([&](json& header) { header["alg"] = alg; }), "alg must be ES256");
  }
  ExpectRefused(WithHeader([](json& header) { header["alg"] = 256; }), "alg must be ES256");
  ExpectRefused(WithHeader([](json& header) { header.erase("alg"); }), "alg must be ES256");
}

TEST_F(AssertionTest, CriticalHeaderIsRefused) {
  ExpectRefused(WithHeader([](json& header) { header["crit"] = {"exp"}; }), "crit");
  ExpectRefused(WithHeader([](json& header) { header["crit"] = json::array(); }), "crit");
}

TEST_F(AssertionTest, KeyInTheHeaderIsRefused) {
  for (const char* name : {"jwk", "jku", "x5u", "x5c", "b64", "zip", "cty"}) {
    ExpectRefused(WithHeader([&](json& header) { header[name] = "x"; }),
                  "only alg, kid and typ are accepted");
  }
}

TEST_F(AssertionTest, OtherTypeIsRefused) {
  ExpectRefused(WithHeader([](json& header) { header["typ"] = "at+jwt"; }), "typ must be JWT");
}

TEST_F(AssertionTest, MissingOrMalformedKeyIdIsRefused) {
  ExpectRefused(WithHeader([](json& header) { header.erase("kid"); }), "kid is missing");
  for (const json& kid : {json("ABCDEF0123456789"), json("0123"), json(7), json(nullptr)}) {
    ExpectRefused(WithHeader([&](json& header) { header["kid"] = kid; }), "kid must be");
  }
}

TEST_F(AssertionTest, UnknownKeyIsRefused) {
  const auto stranger = ehchub::AssertionSigner::FromPem(MintAssertionKey().private_pem).value();
  json header = Header();
  header["kid"] = stranger.key_id();
  ExpectRefused(stranger.SignCompact(header.dump(), Claims().dump()).value(),
                "no assertion key that this agency has enrolled");
}

TEST_F(AssertionTest, KeyOfAnotherAgencyIsRefused) {
  json header = Header();
  header["kid"] = trust_.signer().key_id();
  ExpectRefused(trust_.signer().SignCompact(header.dump(), Claims().dump()).value(),
                "no assertion key that this agency has enrolled");
}

// ---- the signature

TEST_F(AssertionTest, SignatureOfAnotherKeyIsRefused) {
  ExpectRefused(trust_.signer().SignCompact(Header().dump(), Claims().dump()).value(),
                "signature: does not fit");
}

TEST_F(AssertionTest, ChangedClaimsAreRefused) {
  const std::string token = Sign(Header(), Claims());
  json claims = Claims();
  claims["ehc_role"] = "DSL";
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  ExpectRefused(
      absl::StrCat(parts[0], ".", absl::WebSafeBase64Escape(claims.dump()), ".", parts[2]),
      "signature: does not fit");
}

TEST_F(AssertionTest, SignatureOfAnotherLengthIsRefused) {
  const std::vector<std::string> parts = absl::StrSplit(Sign(Header(), Claims()), '.');
  for (size_t size : {size_t{0}, size_t{63}, size_t{65}, size_t{72}}) {
    ExpectRefused(absl::StrCat(parts[0], ".", parts[1], ".",
                               absl::WebSafeBase64Escape(std::string(size, 'x'))),
                  "signature: is not 64 bytes");
  }
}

TEST_F(AssertionTest, ZeroSignatureIsRefused) {
  const std::vector<std::string> parts = absl::StrSplit(Sign(Header(), Claims()), '.');
  ExpectRefused(
      absl::StrCat(parts[0], ".", parts[1], ".", absl::WebSafeBase64Escape(std::string(64, '\0'))),
      "signature: does not fit");
}

// ---- the form

TEST_F(AssertionTest, OneTokenHasOneSpelling) {
  const std::string token = Sign(Header(), Claims());
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  ExpectRefused(token + "=", "base64url");
  ExpectRefused(token + "!!", "base64url");
  ExpectRefused(" " + token, "header: is not base64url");
  ExpectRefused(token + "\n", "base64url");
  ExpectRefused(parts[0] + "=." + parts[1] + "." + parts[2], "header: is not base64url");
  ExpectRefused(parts[0] + "." + parts[1] + "\xff." + parts[2], "claims: are not base64url");
}

TEST_F(AssertionTest, WhatIsNotThreePartsIsRefused) {
  for (const char* token : {"x", "x.y", "x.y.z.w", "....", "Bearer x"}) {
    ExpectRefused(token, "not a JWT in compact form");
  }
}

TEST_F(AssertionTest, TokenOverFourKibibytesIsRefused) {
  const std::string long_token =
      WithClaims([](json& claims) { claims["padding"] = std::string(4096, 'x'); });
  ExpectRefused(long_token, "longer than 4096 bytes");
}

TEST_F(AssertionTest, WhatIsNotAJsonObjectIsRefused) {
  const ehchub::AssertionSigner signer = bromley_.signer();
  for (const char* text : {"", "[]", "\"x\"", "null", "{", "{}x", "{\"a\":1e999}",
                           "{\"a\":\"\xff\"}", "{\"a\":/**/1}", "{'a':1}"}) {
    ExpectRefused(signer.SignCompact(text, Claims().dump()).value(), "header: it is not a JSON");
    ExpectRefused(signer.SignCompact(Header().dump(), text).value(), "claims: it is not a JSON");
  }
}

TEST_F(AssertionTest, RepeatedNamesAreRefused) {
  std::string claims = Claims().dump();
  claims.insert(1, "\"sub\":\"u-1\",");
  ExpectRefused(bromley_.signer().SignCompact(Header().dump(), claims).value(),
                "a JSON name is repeated");
  std::string header = Header().dump();
  header.insert(1, "\"alg\":\"none\",");
  ExpectRefused(bromley_.signer().SignCompact(header, Claims().dump()).value(),
                "a JSON name is repeated");
}

TEST_F(AssertionTest, DeepNestingIsRefused) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "[";
  ExpectRefused(bromley_.signer().SignCompact(Header().dump(), "{\"a\":" + deep).value(),
                "not a JSON object");
  ExpectRefused(WithClaims([](json& claims) { claims["a"] = json::parse("[[[[[1]]]]]"); }),
                "nested too deeply");
}

// ---- the claims

TEST_F(AssertionTest, EveryRequiredClaimIsRequired) {
  for (const char* name :
       {"iss", "sub", "aud", "iat", "exp", "jti", "cnf", "ehc_role", "ehc_unit"}) {
    ExpectRefused(WithClaims([&](json& claims) { claims.erase(name); }),
                  absl::StrCat(name, " is missing"));
  }
}

TEST_F(AssertionTest, ClaimsOfAnotherTypeAreRefused) {
  for (const char* name : {"iss", "sub", "aud", "iat", "exp", "nbf", "jti", "cnf", "ehc_role",
                           "ehc_unit", "ehc_training_until", "ehc_approval", "amr"}) {
    for (const json& value : {json(true), json(1.5), json(nullptr), json({{"x", 1}})}) {
      ExpectRefused(WithClaims([&](json& claims) { claims[name] = value; }), name);
    }
  }
}

TEST_F(AssertionTest, IssuerOtherThanTheCertificatesAgencyIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["iss"] = "kings-park-nhs-trust"; }),
                "iss: is not the agency");
}

TEST_F(AssertionTest, AudienceOfAnotherHubIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["aud"] = "hub.elsewhere"; }),
                "aud: is not this hub");
}

TEST_F(AssertionTest, ListOfAudiencesIsRefused) {
  ExpectRefused(WithClaims([](json& claims) {
                  claims["aud"] = {kAudience, "hub.elsewhere"};
                }),
                "aud must be one name");
}

TEST_F(AssertionTest, EmailAddressAsUserIsRefused) {
  const std::string token = WithClaims([](json& claims) { claims["sub"] = "pat@bromley.example"; });
  ExpectRefused(token, "not an e-mail address");
  EXPECT_THAT(std::string(Authenticate(token).status().message()), Not(HasSubstr("pat")));
}

TEST_F(AssertionTest, UserOutsideThePatternIsRefused) {
  for (const json& user : {json(""), json(std::string(65, 'u')), json("u 1042"), json("u/1042"),
                           json("u\n1042"), json("\xc3\xa9"), json(std::string("u\0v", 3))}) {
    ExpectRefused(WithClaims([&](json& claims) { claims["sub"] = user; }), "sub must be");
  }
  ExpectAccepted(WithClaims([](json& claims) { claims["sub"] = std::string(64, 'u'); }));
}

TEST_F(AssertionTest, AssertionForAnotherCertificateIsRefused) {
  ExpectRefused(WithClaims([this](json& claims) {
                  claims["cnf"]["x5t#S256"] = ehchub::CertificateThumbprint(trust_.pem()).value();
                }),
                "cnf.x5t#S256: is not the thumbprint");
}

TEST_F(AssertionTest, MissingOrMalformedThumbprintIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["cnf"] = json::object(); }),
                "cnf.x5t#S256 is missing");
  ExpectRefused(WithClaims([](json& claims) { claims["cnf"]["x5t#S256"] = "short"; }),
                "cnf.x5t#S256 must be");
  ExpectRefused(WithClaims([](json& claims) { claims["cnf"] = "x"; }), "cnf must be an object");
}

TEST_F(AssertionTest, ExpiredAssertionIsRefused) {
  const auto expired = [this](int seconds) {
    return WithClaims([&](json& claims) {
      claims["iat"] = absl::ToUnixSeconds(now_) - 600;
      claims["exp"] = absl::ToUnixSeconds(now_) - seconds;
    });
  };
  ExpectRefused(expired(61), "exp: has passed");
  ExpectAccepted(expired(60));
}

TEST_F(AssertionTest, AssertionFromTheFutureIsRefused) {
  const auto future = [this](int seconds) {
    return WithClaims([&](json& claims) { claims["iat"] = absl::ToUnixSeconds(now_) + seconds; });
  };
  ExpectRefused(future(61), "iat: lies in the future");
  ExpectAccepted(future(60));
}

TEST_F(AssertionTest, NotBeforeIsHonoured) {
  const auto not_before = [this](int seconds) {
    return WithClaims([&](json& claims) { claims["nbf"] = absl::ToUnixSeconds(now_) + seconds; });
  };
  ExpectRefused(not_before(61), "nbf: lies in the future");
  ExpectAccepted(not_before(60));
}

TEST_F(AssertionTest, LifeOverFifteenMinutesIsRefused) {
  const auto life = [this](int seconds) {
    return WithClaims([&](json& claims) { claims["exp"] = absl::ToUnixSeconds(now_) + seconds; });
  };
  ExpectRefused(life(901), "exp: is more than 15 minutes after iat");
  ExpectAccepted(life(900));
}

TEST_F(AssertionTest, ExpiryBeforeIssueIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["exp"] = claims["iat"]; }),
                "exp: is not after iat");
}

TEST_F(AssertionTest, TimesThatAreNoWholeSecondsAreRefused) {
  for (const json& value : {json(1.5), json("1800000000"), json(-1), json(int64_t{1} << 60),
                            json(UINT64_MAX), json(1e300)}) {
    for (const char* name : {"iat", "exp", "nbf"}) {
      ExpectRefused(WithClaims([&](json& claims) { claims[name] = value; }),
                    absl::StrCat(name, " must be a whole number"));
    }
  }
}

TEST_F(AssertionTest, MalformedJtiIsRefused) {
  for (const char* jti : {"short", "spaces are not good", ""}) {
    ExpectRefused(WithClaims([&](json& claims) { claims["jti"] = jti; }), "jti must be");
  }
}

TEST_F(AssertionTest, RoleThatIsNoCodeIsRefused) {
  for (const char* role : {"", "senco", "SENCO;DSL", "SEN CO"}) {
    ExpectRefused(WithClaims([&](json& claims) { claims["ehc_role"] = role; }), "ehc_role must be");
  }
}

TEST_F(AssertionTest, UnitOfNobodyIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["ehc_unit"] = "housing"; }),
                "ehc_unit: is not a unit of the agency");
}

TEST_F(AssertionTest, ImpossibleTrainingDateIsRefused) {
  for (const char* date : {"2027-02-30", "01/02/2027", "2027-2-3", "soon"}) {
    ExpectRefused(WithClaims([&](json& claims) { claims["ehc_training_until"] = date; }),
                  "ehc_training_until must be a day");
  }
}

TEST_F(AssertionTest, UnknownClaimOfOursIsRefused) {
  ExpectRefused(WithClaims([](json& claims) { claims["ehc_aproval"] = "x"; }),
                "an ehc_ claim is unknown");
}

TEST_F(AssertionTest, StrongAuthenticationNeedsLevelAndSecondFactor) {
  const auto is_strong = [this](const json& acr, const json& amr) {
    const auto caller = Authenticate(WithClaims([&](json& claims) {
      if (!acr.is_null()) claims["acr"] = acr;
      if (!amr.is_null()) claims["amr"] = amr;
    }));
    EXPECT_TRUE(caller.ok()) << caller.status();
    return caller.ok() && caller->person()->strong_authentication;
  };
  EXPECT_TRUE(is_strong("aal2", {"pwd", "mfa"}));
  EXPECT_TRUE(is_strong("aal3", json::array({"mfa"})));
  EXPECT_FALSE(is_strong("aal1", json::array({"mfa"})));
  EXPECT_FALSE(is_strong("aal2", json::array({"pwd"})));
  EXPECT_FALSE(is_strong(nullptr, json::array({"mfa"})));
  EXPECT_FALSE(is_strong("aal3", nullptr));
}

}  // namespace
}  // namespace ehc
