#ifndef EHC_COMPILE_OK
int forgotten = undeclared;
#endif
