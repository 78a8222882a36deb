#include "server/matching/shard.h"

#include <algorithm>
#include <utility>

#include "server/base/secret_bytes.h"

namespace ehc {
namespace {

// Bounds what one question costs, also where somebody registered thousands of one name and birth.
constexpr size_t kMostCandidates = 4096;

}  // namespace

uint32_t MatchShard::WordTable::Add(const NameWord& word) {
  if (const auto found = numbers_.find(word.text); found != numbers_.end()) {
    ++counts_[found->second];
    return found->second;
  }
  uint32_t number = static_cast<uint32_t>(words_.size());
  if (free_.empty()) {
    words_.push_back(word);
    counts_.push_back(1);
  } else {
    number = free_.back();
    free_.pop_back();
    words_[number] = word;
    counts_[number] = 1;
  }
  numbers_.emplace(words_[number].text, number);
  return number;
}

void MatchShard::WordTable::Release(uint32_t number) {
  if (--counts_[number] != 0) return;
  NameWord& word = words_[number];
  numbers_.erase(word.text);
  EraseString(&word.text);
  word = NameWord{};
  free_.push_back(number);
}

int64_t MatchShard::WordTable::CountOf(const NameWord& word) const {
  const auto found = numbers_.find(word.text);
  return found == numbers_.end() ? 0 : counts_[found->second];
}

MatchShard::Entry MatchShard::ToEntry(SubjectId subject, const PersonWords& person) {
  Entry entry;
  entry.subject = subject.value;
  entry.postcode = person.postcode;
  entry.birth = person.birth;
  entry.birth_expected = person.birth_expected;
  entry.sex = person.sex;
  for (size_t i = 0; i < person.given.size(); ++i) entry.given[i] = given_.Add(person.given[i]);
  for (size_t i = 0; i < person.family.size(); ++i) entry.family[i] = family_.Add(person.family[i]);
  return entry;
}

PersonView MatchShard::ViewOfEntry(const Entry& entry) const {
  PersonView view;
  for (uint32_t word : entry.given) {
    if (word != kNothing) view.given.push_back(&given_.at(word));
  }
  for (uint32_t word : entry.family) {
    if (word != kNothing) view.family.push_back(&family_.at(word));
  }
  view.birth = entry.birth;
  view.birth_expected = entry.birth_expected;
  view.sex = entry.sex;
  view.postcode = entry.postcode;
  return view;
}

void MatchShard::ReleaseWords(const Entry& entry) {
  for (uint32_t word : entry.given) {
    if (word != kNothing) given_.Release(word);
  }
  for (uint32_t word : entry.family) {
    if (word != kNothing) family_.Release(word);
  }
}

uint32_t MatchShard::TakePlace() {
  if (free_entries_.empty()) {
    entries_.emplace_back();
    return static_cast<uint32_t>(entries_.size() - 1);
  }
  const uint32_t place = free_entries_.back();
  free_entries_.pop_back();
  return place;
}

void MatchShard::File(uint32_t place) {
  for (uint32_t key : KeysToFile(ViewOfEntry(entries_[place]))) {
    uint32_t& head = heads_.try_emplace(key, kNothing).first->second;
    uint32_t at = free_filed_;
    if (at == kNothing) {
      at = static_cast<uint32_t>(filed_.size());
      filed_.emplace_back();
    } else {
      free_filed_ = filed_[at].next;
    }
    filed_[at] = {place, head};
    head = at;
  }
}

void MatchShard::Unfile(uint32_t place) {
  for (uint32_t key : KeysToFile(ViewOfEntry(entries_[place]))) {
    const auto head = heads_.find(key);
    if (head == heads_.end()) continue;
    for (uint32_t* link = &head->second; *link != kNothing; link = &filed_[*link].next) {
      if (filed_[*link].entry != place) continue;
      const uint32_t freed = *link;
      *link = filed_[freed].next;
      filed_[freed] = {kNothing, free_filed_};
      free_filed_ = freed;
      break;
    }
    if (head->second == kNothing) heads_.erase(head);
  }
}

void MatchShard::Add(SubjectId subject, const PersonWords& person) {
  const uint32_t place = TakePlace();
  entries_[place] = ToEntry(subject, person);
  uint32_t& first = places_.try_emplace(subject.value, kNothing).first->second;
  entries_[place].next = first;
  first = place;
  ++accounts_;
  File(place);
}

void MatchShard::Remove(SubjectId subject) {
  const auto found = places_.find(subject.value);
  if (found == places_.end()) return;
  for (uint32_t place = found->second; place != kNothing;) {
    const uint32_t next = entries_[place].next;
    Unfile(place);
    ReleaseWords(entries_[place]);
    entries_[place] = Entry{};
    free_entries_.push_back(place);
    --accounts_;
    place = next;
  }
  places_.erase(found);
}

std::vector<SubjectId> MatchShard::Subjects() const {
  std::vector<SubjectId> subjects;
  subjects.reserve(places_.size());
  for (const auto& [subject, place] : places_) subjects.push_back(SubjectId{subject});
  return subjects;
}

std::vector<PersonView> MatchShard::AccountsOf(SubjectId subject) const {
  std::vector<PersonView> accounts;
  const auto found = places_.find(subject.value);
  if (found == places_.end()) return accounts;
  for (uint32_t place = found->second; place != kNothing; place = entries_[place].next) {
    accounts.push_back(ViewOfEntry(entries_[place]));
  }
  return accounts;
}

std::vector<uint32_t> MatchShard::Candidates(const BlockKeys& keys, bool* cut_short) const {
  std::vector<uint32_t> places;
  for (uint32_t key : keys) {
    const auto head = heads_.find(key);
    if (head == heads_.end()) continue;
    for (uint32_t at = head->second; at != kNothing; at = filed_[at].next) {
      if (places.size() == kMostCandidates) {
        *cut_short = true;
        break;
      }
      places.push_back(filed_[at].entry);
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

MatchShard::Search MatchShard::Find(const PersonView& asked, const MatchRevision& revision) const {
  Search search;
  const auto frequency = [this](NameUse use, const NameWord& word) {
    const WordTable& table = use == NameUse::kGiven ? given_ : family_;
    return lore_.Frequency(word, table.CountOf(word), accounts());
  };
  const BlockKeys keys = KeysToSearch(asked, revision.near_birth_days);
  for (uint32_t place : Candidates(keys, &search.cut_short)) {
    const Entry& entry = entries_[place];
    Comparison comparison =
        Compare(asked, ViewOfEntry(entry), accounts(), revision, lore_, frequency);
    if (comparison.score < revision.low) continue;
    search.found.push_back({SubjectId{entry.subject}, comparison});
  }
  return search;
}

}  // namespace ehc
