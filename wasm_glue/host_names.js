// For emcc alone: the functions of sockets.cpp that no library of emscripten's has. What they do is web/src/engine/host.ts;
// nothing of this file is in the package.
mergeInto(LibraryManager.library, {
  oh_host_socket: () => {},
  oh_socket_supported: () => 0,
  oh_url_is_good: () => 0,
  oh_socket_allowed: () => 0,
})
