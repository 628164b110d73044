// One WebSocket on the emscripten WebSocket API. The browser's calls may throw,
// and a throw must never cross wasm; so every call is checked first: the URL,
// the ready state before a send, the close code, the length of the reason.
// Opened, message and close are handed to JavaScript's `onSocket` at once; the
// runtime puts them into its mailbox and dispatches them later.
#include <emscripten/emscripten.h>
#include <emscripten/websocket.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "wasm_glue/scratch.h"

// What web/src/engine/host.ts brings beside emscripten's own functions; host_names.js tells emcc of them.
extern "C" {
/// Calls the phone's hook and swallows what it throws: nothing may unwind through wasm.
void oh_host_socket(int socket, int kind, const char* text, int length, int code);
int oh_socket_supported();
int oh_url_is_good(const char* url);
/// `new WebSocket` itself throws for mixed content: asked for before emscripten does it.
int oh_socket_allowed(const char* url);
}

namespace {

constexpr int kOpened = 0, kMessage = 1, kClosed = 2;
constexpr unsigned short kOpenState = 1;

char* scratch_area = nullptr;
int scratch_size = 0;

void drop(EMSCRIPTEN_WEBSOCKET_T socket) {
  emscripten_websocket_set_onopen_callback(socket, nullptr, nullptr);
  emscripten_websocket_set_onmessage_callback(socket, nullptr, nullptr);
  emscripten_websocket_set_onclose_callback(socket, nullptr, nullptr);
  emscripten_websocket_delete(socket);
}

EM_BOOL on_open(int, const EmscriptenWebSocketOpenEvent* event, void*) {
  oh_host_socket(event->socket, kOpened, nullptr, 0, 0);
  return EM_TRUE;
}

EM_BOOL on_message(int, const EmscriptenWebSocketMessageEvent* event, void*) {
  const char* text = reinterpret_cast<const char*>(event->data);
  // A text frame's length counts the terminating NUL; binary frames are taken as UTF-8 text.
  const int length = static_cast<int>(event->numBytes) - (event->isText ? 1 : 0);
  oh_host_socket(event->socket, kMessage, text, length < 0 ? 0 : length, 0);
  return EM_TRUE;
}

/// A close event follows and tells the rest; but in Node a socket without an error handler would end the process.
EM_BOOL on_error(int, const EmscriptenWebSocketErrorEvent*, void*) { return EM_TRUE; }

EM_BOOL on_close(int, const EmscriptenWebSocketCloseEvent* event, void*) {
  oh_host_socket(event->socket, kClosed, event->reason, static_cast<int>(strnlen(event->reason, sizeof event->reason)), event->code);
  return EM_TRUE;
}

}  // namespace

namespace offhook::glue {

char* scratch(int bytes) {
  constexpr int kMost = 256 * 1024;
  if (bytes < 0 || bytes > kMost) return nullptr;
  if (bytes + 1 > scratch_size) {
    scratch_size = bytes + 1 < 4096 ? 4096 : bytes + 1;
    delete[] scratch_area;
    scratch_area = new char[static_cast<std::size_t>(scratch_size)];
  }
  return scratch_area;
}

std::string_view scratch_view(int bytes) {
  if (bytes <= 0 || !scratch_area) return {};
  return {scratch_area, static_cast<std::size_t>(bytes < scratch_size ? bytes : scratch_size)};
}

}  // namespace offhook::glue

extern "C" {

/// For host.ts: bytes of the largest event, then where a message has its data, their length and whether it is text, and a
/// close its code and its reason. emscripten has moved them before.
EMSCRIPTEN_KEEPALIVE const int* oh_socket_layout() {
  using Message = EmscriptenWebSocketMessageEvent;
  using Close = EmscriptenWebSocketCloseEvent;
  static const int layout[] = {sizeof(Close),          offsetof(Message, data), offsetof(Message, numBytes),
                               offsetof(Message, isText), offsetof(Close, code),   offsetof(Close, reason)};
  static_assert(sizeof(Close) >= sizeof(Message) && sizeof(Close) >= sizeof(EmscriptenWebSocketOpenEvent));
  return layout;
}

/// Opens the URL in the scratch. > 0: the socket; 0: refused (bad URL, no WebSocket here, mixed content).
EMSCRIPTEN_KEEPALIVE int oh_socket_open(int url_bytes) {
  const std::string url(offhook::glue::scratch_view(url_bytes));
  if (!oh_socket_supported() || !oh_url_is_good(url.c_str()) || !oh_socket_allowed(url.c_str())) return 0;
  EmscriptenWebSocketCreateAttributes attributes{url.c_str(), nullptr, EM_TRUE};
  const EMSCRIPTEN_WEBSOCKET_T socket = emscripten_websocket_new(&attributes);
  if (socket <= 0) return 0;
  emscripten_websocket_set_onopen_callback(socket, nullptr, on_open);
  emscripten_websocket_set_onmessage_callback(socket, nullptr, on_message);
  emscripten_websocket_set_onerror_callback(socket, nullptr, on_error);
  emscripten_websocket_set_onclose_callback(socket, nullptr, on_close);
  return socket;
}

/// Sends the scratch as one text frame. 1 sent, 0 not open: never a throw, never a lost message that looks sent.
EMSCRIPTEN_KEEPALIVE int oh_socket_send(int socket, int bytes) {
  unsigned short state = 0;
  if (socket <= 0 || emscripten_websocket_get_ready_state(socket, &state) != EMSCRIPTEN_RESULT_SUCCESS || state != kOpenState) return 0;
  const std::string text(offhook::glue::scratch_view(bytes));
  if (text.find('\0') != std::string::npos) return 0;  // the API takes C strings: the rest would be cut off in silence
  return emscripten_websocket_send_utf8_text(socket, text.c_str()) == EMSCRIPTEN_RESULT_SUCCESS;
}

/// Closes with 1000. No close event follows.
EMSCRIPTEN_KEEPALIVE void oh_socket_close(int socket) {
  unsigned short state = 0;
  if (socket <= 0 || emscripten_websocket_get_ready_state(socket, &state) != EMSCRIPTEN_RESULT_SUCCESS) return;
  if (state < 2) emscripten_websocket_close(socket, 1000, "");
  drop(socket);
}

/// After a close event: lets go of the socket.
EMSCRIPTEN_KEEPALIVE void oh_socket_drop(int socket) {
  if (socket > 0) drop(socket);
}

}  // extern "C"
