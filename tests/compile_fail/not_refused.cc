struct MoveOnly {
  MoveOnly() = default;
  MoveOnly(const MoveOnly&) = delete;
};
#ifndef EHC_COMPILE_OK
MoveOnly original;
MoveOnly copy = original;  // refused: deleted
MoveOnly fine;             // refused: deleted
#endif
