#include "server/pathway/exact.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

constexpr int kMostPlaces = 9;

absl::int128 Positive(absl::int128 value) { return value < 0 ? -value : value; }

absl::int128 GreatestCommonDivisor(absl::int128 a, absl::int128 b) {
  while (b != 0) {
    const absl::int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

bool Fits(absl::int128 value) {
  return value >= std::numeric_limits<int64_t>::min() &&
         value <= std::numeric_limits<int64_t>::max();
}

absl::Status TooLarge() { return absl::OutOfRangeError("the amount is too large to work with"); }

// Half away from zero.
absl::int128 Nearest(absl::int128 numerator, absl::int128 denominator) {
  const absl::int128 twice = 2 * Positive(numerator) + denominator;
  const absl::int128 whole = twice / (2 * denominator);
  return numerator < 0 ? -whole : whole;
}

int64_t PowerOfTen(int places) {
  int64_t power = 1;
  for (int i = 0; i < places; ++i) power *= 10;
  return power;
}

}  // namespace

absl::StatusOr<Ratio> Ratio::Of(absl::int128 numerator, absl::int128 denominator) {
  if (denominator == 0) return absl::InvalidArgumentError("a fraction of zero parts");
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const absl::int128 divisor = GreatestCommonDivisor(Positive(numerator), denominator);
  numerator /= divisor;
  denominator /= divisor;
  if (!Fits(numerator) || !Fits(denominator)) return TooLarge();
  Ratio ratio;
  ratio.numerator_ = static_cast<int64_t>(numerator);
  ratio.denominator_ = static_cast<int64_t>(denominator);
  return ratio;
}

// The products of two 64-bit numbers fit 127 bits; the sum of two of them is halved first.
absl::StatusOr<Ratio> Ratio::Plus(const Ratio& other) const {
  const absl::int128 shared = GreatestCommonDivisor(denominator_, other.denominator_);
  const absl::int128 left = absl::int128(numerator_) * (other.denominator_ / shared);
  const absl::int128 right = absl::int128(other.numerator_) * (denominator_ / shared);
  const absl::int128 kRoom = std::numeric_limits<absl::int128>::max() / 2;
  if (Positive(left) > kRoom || Positive(right) > kRoom) return TooLarge();
  return Of(left + right, absl::int128(denominator_) * (other.denominator_ / shared));
}

absl::StatusOr<Ratio> Ratio::Minus(const Ratio& other) const {
  if (other.numerator_ == std::numeric_limits<int64_t>::min()) return TooLarge();
  Ratio negative = other;
  negative.numerator_ = -other.numerator_;
  return Plus(negative);
}

absl::StatusOr<Ratio> Ratio::Times(const Ratio& other) const {
  return Of(absl::int128(numerator_) * other.numerator_,
            absl::int128(denominator_) * other.denominator_);
}

absl::StatusOr<Ratio> Ratio::Over(const Ratio& other) const {
  return Of(absl::int128(numerator_) * other.denominator_,
            absl::int128(denominator_) * other.numerator_);
}

int64_t Ratio::Rounded() const { return static_cast<int64_t>(Nearest(numerator_, denominator_)); }

int64_t Ratio::Truncated() const { return numerator_ / denominator_; }

std::string Ratio::ToDecimal(int places) const {
  places = places < 0 ? 0 : places > kMostPlaces ? kMostPlaces : places;
  const int64_t power = PowerOfTen(places);
  const absl::int128 scaled = Nearest(absl::int128(numerator_) * power, denominator_);
  const absl::int128 size = Positive(scaled);
  std::string text = absl::StrCat(scaled < 0 ? "-" : "", static_cast<uint64_t>(size / power));
  if (places == 0) return text;
  std::string digits = absl::StrCat(static_cast<uint64_t>(size % power));
  return absl::StrCat(text, ".", std::string(places - digits.size(), '0'), digits);
}

absl::StatusOr<Ratio> ParseDecimal(absl::string_view text) {
  const auto bad = [] { return absl::InvalidArgumentError("not a decimal number"); };
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  absl::int128 numerator = 0;
  absl::int128 denominator = 1;
  int digits = 0;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.' && !after_point && digits > 0) {
      after_point = true;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) || ++digits > 18) return bad();
    numerator = numerator * 10 + (c - '0');
    if (after_point) denominator *= 10;
  }
  if (digits == 0 || text.back() == '.') return bad();
  return Ratio::Of(negative ? -numerator : numerator, denominator);
}

std::string FormatPounds(Pence pence) {
  const uint64_t size = pence < 0 ? 0 - static_cast<uint64_t>(pence) : static_cast<uint64_t>(pence);
  const uint64_t rest = size % 100;
  return absl::StrCat(pence < 0 ? "-" : "", "£", size / 100, rest < 10 ? ".0" : ".", rest);
}

absl::StatusOr<Pence> AddPence(Pence a, Pence b) {
  const absl::int128 sum = absl::int128(a) + b;
  if (!Fits(sum)) return TooLarge();
  return static_cast<Pence>(sum);
}

}  // namespace ehc
