struct MoveOnly {
  MoveOnly() = default;
  MoveOnly(const MoveOnly&) = delete;
};
MoveOnly original;
MoveOnly copy = original;
