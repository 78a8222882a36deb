# cmake -D COMPILER= -D FLAGS= -D SOURCE= -D EXPECT= -P: see CMakeLists.txt.
set(ENV{LC_ALL} C)

function(compile out_status out_errors)
  execute_process(
    COMMAND ${COMPILER} @${FLAGS} ${ARGN} -fsyntax-only -fno-diagnostics-show-caret ${SOURCE}
    RESULT_VARIABLE status ERROR_VARIABLE errors OUTPUT_QUIET)
  set(${out_status} ${status} PARENT_SCOPE)
  set(${out_errors} "${errors}" PARENT_SCOPE)
endfunction()

compile(status errors -DEHC_COMPILE_OK)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "With EHC_COMPILE_OK this must compile, so that the refusal is for the right reason:\n${errors}")
endif()

compile(status errors)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not.")
endif()
if(NOT errors MATCHES "error: [^\n]*(${EXPECT})")
  message(FATAL_ERROR "Refused, but not for '${EXPECT}':\n${errors}")
endif()
