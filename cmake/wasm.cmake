# The wasm module, and every emcc flag with its reason. One place for the
# differences between emscripten 3.1.6 (Debian 12) and later ones up to 6.x.
# The cold face (JSON, restore, schema) is small first; what runs for every event is fast first: -Os everywhere made an
# event five times slower, -O3 everywhere costs 8 KB (brotli). The link is -O3: with -Os it would undo the inlining.
set(flags -flto -fno-exceptions -fno-rtti -DNDEBUG -DJSON_NOEXCEPTION -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0
  -fno-unroll-loops                                       # 1 KB less and no slower: our loops are short
  -mbulk-memory -msign-ext -mnontrapping-fptoint)         # 0.5 KB; in every browser that runs the package's ES2022
set(cold -Oz)
set(hot -O3)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(flags -g -fno-exceptions -fno-rtti -DJSON_NOEXCEPTION -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
  set(cold -O1)
  set(hot -O1)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "")  # CMake's own -O3 would stand before ours

set(link
  -Wl,-mllvm,-inline-threshold=25                         # across files only what is tiny: 0.5 KB less, no slower
  -Wl,--wrap=strtod,--wrap=strtoull,--wrap=strtoll        # numbers.cpp: 7 KB (brotli) of the C library less
  -sENVIRONMENT=web -sFILESYSTEM=0 -sMALLOC=emmalloc
  -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=1048576
  "-sEXPORTED_FUNCTIONS=[_malloc,_free]" --no-entry)

# The cold face alone has glue of emcc's.
set(cold_link
  --pre-js ${CMAKE_SOURCE_DIR}/wasm_glue/phone_engine.js
  -sMODULARIZE=1 -sEXPORT_NAME=createPhoneEngine
                                 # ENVIRONMENT=web: one glue for page, worker and Node: our loader hands it the compiled module
  -sDYNAMIC_EXECUTION=0          # no eval: a page needs only 'wasm-unsafe-eval'
  "-sINCOMING_MODULE_JS_API=[instantiateWasm,onAbort]")
set(cold_glue wasm_glue/phone_bindings.cpp)
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)   # emscripten 3.1.6 is clang 15 (pre-release), 3.1.69 clang 20, 6.x clang 23
  list(APPEND link -sTOTAL_STACK=131072)
  # Embind's JavaScript with types of our own instead of -lembind, which registers all there are: 2 KB in the module, 1 in the glue.
  list(APPEND cold_link -sTEXTDECODER=2 --js-library ${EMSCRIPTEN_ROOT_PATH}/src/embind/embind.js)
  list(APPEND cold_glue wasm_glue/embind_types.cpp)
else()
  list(APPEND link -sSTACK_SIZE=131072)
  list(APPEND cold_link -lembind)
endif()

# emcc's sysroot hides the system's headers: nlohmann/json comes by a folder that holds only it.
find_path(NLOHMANN nlohmann/json.hpp PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include)
file(CREATE_LINK ${NLOHMANN}/nlohmann ${CMAKE_BINARY_DIR}/include/nlohmann SYMBOLIC)

set(hot_sources engine/phone/hot.cpp engine/phone/phone.cpp engine/phone/publish.cpp engine/phone/steps.cpp engine/phone/calls.cpp
  engine/core/strings.cpp engine/core/out.cpp)
function(phone_module name)
  add_executable(${name} ${engine_sources} wasm_glue/numbers.cpp ${ARGN})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_include_directories(${name} SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/include)
  target_compile_options(${name} PRIVATE ${flags} -Wall -Wextra
    -Wno-unknown-warning-option -Wno-missing-designated-field-initializers)  # errors are for the native build: every emcc warns of something new
  set_source_files_properties(${engine_sources} wasm_glue/numbers.cpp ${ARGN} PROPERTIES COMPILE_OPTIONS "${cold}")
  foreach(source ${hot_sources})
    set_source_files_properties(${CMAKE_SOURCE_DIR}/${source} PROPERTIES COMPILE_OPTIONS "${hot}")
  endforeach()
  target_link_options(${name} PRIVATE ${flags} -O3 ${link})
endfunction()

# What a page loads: exports only. `.wasm` as its output makes emcc link it standalone, without glue; web/src/engine/host.ts
# brings what it imports (docs/decisions/0016-a-page-without-embind.md).
phone_module(phone wasm_glue/phone_exports.cpp wasm_glue/sockets.cpp)
set_target_properties(phone PROPERTIES SUFFIX ".wasm")
target_link_options(phone PRIVATE -lwebsocket.js --js-library ${CMAKE_SOURCE_DIR}/wasm_glue/host_names.js -Wl,--export-table)

# The cold face: MODULARIZE only, saved as .cjs: the one form that Node, bundlers and a script tag all take.
phone_module(phone_cold ${cold_glue})
target_link_options(phone_cold PRIVATE ${cold_link})
add_custom_command(TARGET phone_cold POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E rename $<TARGET_FILE_DIR:phone_cold>/phone_cold.js $<TARGET_FILE_DIR:phone_cold>/phone_cold.cjs)

# The Centre: Node only, exports only. `.wasm` as its output makes emcc link it standalone, without glue: our loader
# (hub/src/pbx/engine.ts) hands it the two or three functions it imports.
set(core_sources engine/core/json_writer.cpp engine/core/strings.cpp engine/wire/json_in.cpp)
add_executable(centre ${centre_sources} ${core_sources} wasm_glue/centre_bindings.cpp)
set_target_properties(centre PROPERTIES SUFFIX ".wasm")
target_include_directories(centre PRIVATE ${CMAKE_SOURCE_DIR})
target_include_directories(centre SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/include)
set(centre_flags -flto -fno-exceptions -fno-rtti
  -msimd128)                       # line ends are found sixteen bytes at a look; Node has had it since 16.4
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  list(APPEND centre_flags -g -O1)
else()
  list(APPEND centre_flags -O3 -DNDEBUG)  # fast everywhere: nobody downloads it, the hub reads it from its disk
endif()
target_compile_options(centre PRIVATE ${centre_flags} -DJSON_NOEXCEPTION -Wall -Wextra
  -Wno-unknown-warning-option -Wno-missing-designated-field-initializers)
target_link_options(centre PRIVATE ${centre_flags} --no-entry
  -sENVIRONMENT=node -sFILESYSTEM=0
  -sMALLOC=dlmalloc                # emmalloc is smaller, but slower with a hundred thousand live blocks
  -Wl,-mllvm,-inline-threshold=600 # 3 to 6 % faster, 60 KB larger
  -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=4194304
  -sMAXIMUM_MEMORY=1073741824)     # a PBX of any size fits; a runaway ends as an error and not with the host's memory
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  target_link_options(centre PRIVATE -sTOTAL_STACK=262144)
else()
  target_link_options(centre PRIVATE -sSTACK_SIZE=262144)
endif()
