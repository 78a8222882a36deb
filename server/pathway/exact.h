// Pence      money: whole pence
// Ratio      an exact fraction, for what money and points are worked out with
// No floating point: the same input gives the same result on every machine.
#ifndef EHC_SERVER_PATHWAY_EXACT_H_
#define EHC_SERVER_PATHWAY_EXACT_H_

#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ehc {

using Pence = int64_t;

// A reduced fraction of whole numbers. Copyable. OUT_OF_RANGE where numerator or denominator would
// not fit 64 bits; INVALID_ARGUMENT for a denominator of zero.
class Ratio {
 public:
  Ratio() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a whole number is a fraction.
  Ratio(int64_t whole) : numerator_(whole) {}
  static absl::StatusOr<Ratio> Of(absl::int128 numerator, absl::int128 denominator);

  int64_t numerator() const { return numerator_; }
  int64_t denominator() const { return denominator_; }  // positive

  absl::StatusOr<Ratio> Plus(const Ratio& other) const;
  absl::StatusOr<Ratio> Minus(const Ratio& other) const;
  absl::StatusOr<Ratio> Times(const Ratio& other) const;
  absl::StatusOr<Ratio> Over(const Ratio& other) const;

  // To the nearest whole number, half away from zero: 0.5 is 1, -0.5 is -1.
  int64_t Rounded() const;
  // Towards zero: 7.9 is 7.
  int64_t Truncated() const;
  // To so many decimal places, rounded as Rounded() rounds: "120.78", "3.33", "-2977.67".
  std::string ToDecimal(int places) const;

  friend bool operator==(const Ratio& a, const Ratio& b) {
    return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_;
  }
  friend bool operator<(const Ratio& a, const Ratio& b) {
    return absl::int128(a.numerator_) * b.denominator_ <
           absl::int128(b.numerator_) * a.denominator_;
  }

 private:
  int64_t numerator_ = 0;
  int64_t denominator_ = 1;
};

// "120.78" or "-3" as an exact fraction. INVALID_ARGUMENT for anything else.
absl::StatusOr<Ratio> ParseDecimal(absl::string_view text);

// Whole pence as pounds: 84200 is "£842.00".
std::string FormatPounds(Pence pence);

// The sum, or OUT_OF_RANGE.
absl::StatusOr<Pence> AddPence(Pence a, Pence b);

}  // namespace ehc

#endif  // EHC_SERVER_PATHWAY_EXACT_H_
