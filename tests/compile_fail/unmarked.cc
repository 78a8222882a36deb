struct MoveOnly {
  MoveOnly() = default;
  MoveOnly(const MoveOnly&) = delete;
};
#ifndef EHC_COMPILE_OK
MoveOnly original;
MoveOnly copy = original;  // refused: deleted
int forgotten = undeclared;
#endif
