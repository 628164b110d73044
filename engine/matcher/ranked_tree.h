// Ordered sets in one pool: treaps whose nodes know how many and how much weight lie below them, so that a place, a weighted draw and the next
// after a cursor cost what a search costs. A tree is its root; 0 is the empty one. A node's priority is a hash of its number, so shape and cost
// are the same in every run. Not a map: keys are unique, and the caller sees to it.
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

namespace offhook::matcher {

/// Compared from left to right.
struct Key {
  double a = 0, b = 0, c = 0, d = 0;
  constexpr bool operator==(const Key&) const = default;
  constexpr bool operator<(const Key& o) const {
    if (a != o.a) return a < o.a;
    if (b != o.b) return b < o.b;
    if (c != o.c) return c < o.c;
    return d < o.d;
  }
};

class Forest {
 public:
  using Tree = std::uint32_t;
  using At = std::uint32_t;  ///< a node; 0 is none

  Forest() : nodes_(1) {}

  const Key& key(At at) const { return nodes_[at].key; }
  std::uint32_t value(At at) const { return nodes_[at].value; }
  std::uint32_t weight(At at) const { return nodes_[at].weight; }
  std::uint32_t size(Tree tree) const { return nodes_[tree].size; }
  std::uint64_t sum(Tree tree) const { return nodes_[tree].sum; }

  void insert(Tree& tree, const Key& key, std::uint32_t value, std::uint32_t weight = 0) {
    const At at = take();
    nodes_[at] = {key, weight, 0, 0, 1, value, weight};
    tree = put(tree, at);
  }
  void erase(Tree& tree, const Key& key) {
    At* link = &tree;
    const std::uint32_t weight = nodes_[find(tree, key)].weight;
    while (true) {  // sizes on the way down: the key is there
      Node& node = nodes_[*link];
      if (node.key == key) break;
      node.size -= 1;
      node.sum -= weight;
      link = key < node.key ? &node.left : &node.right;
    }
    const At gone = *link;
    *link = merge(nodes_[gone].left, nodes_[gone].right);
    nodes_[gone].left = free_;
    free_ = gone;
  }
  void clear(Tree& tree) {
    drop(tree);
    tree = 0;
  }

  At find(Tree tree, const Key& key) const {
    while (!(nodes_[tree].key == key)) {
      assert(tree != 0);
      tree = key < nodes_[tree].key ? nodes_[tree].left : nodes_[tree].right;
    }
    return tree;
  }
  bool has(Tree tree, const Key& key) const {
    while (tree && !(nodes_[tree].key == key)) tree = key < nodes_[tree].key ? nodes_[tree].left : nodes_[tree].right;
    return tree != 0;
  }
  At first(Tree tree) const {
    if (tree)
      while (nodes_[tree].left) tree = nodes_[tree].left;
    return tree;
  }
  /// The first whose key is larger.
  At after(Tree tree, const Key& key) const {
    At best = 0;
    while (tree) {
      const bool right = !(key < nodes_[tree].key);
      if (!right) best = tree;
      tree = right ? nodes_[tree].right : nodes_[tree].left;
    }
    return best;
  }
  /// How many are before the key, and their weight.
  std::uint32_t count_before(Tree tree, const Key& key) const {
    std::uint32_t count = 0;
    while (tree) {
      const Node& node = nodes_[tree];
      if (node.key < key) count += nodes_[node.left].size + 1;
      tree = node.key < key ? node.right : node.left;
    }
    return count;
  }
  std::uint64_t sum_before(Tree tree, const Key& key) const {
    std::uint64_t sum = 0;
    while (tree) {
      const Node& node = nodes_[tree];
      if (node.key < key) sum += nodes_[node.left].sum + node.weight;
      tree = node.key < key ? node.right : node.left;
    }
    return sum;
  }
  /// In the order of keys, who holds the point `weight` of [0, sum).
  At at_weight(Tree tree, std::uint64_t weight) const {
    while (true) {
      const Node& node = nodes_[tree];
      const std::uint64_t left = nodes_[node.left].sum;
      if (weight < left) {
        tree = node.left;
        continue;
      }
      weight -= left;
      if (weight < node.weight) return tree;
      weight -= node.weight;
      tree = node.right;
      assert(tree != 0);
    }
  }
  /// In order, until `each(value, key)` says false.
  template <class Each>
  bool for_each(Tree tree, Each&& each) const {
    if (!tree) return true;
    return for_each(nodes_[tree].left, each) && each(nodes_[tree].value, nodes_[tree].key) && for_each(nodes_[tree].right, each);
  }

  std::size_t bytes() const { return nodes_.capacity() * sizeof(Node); }

 private:
  struct Node {
    Key key;
    std::uint64_t sum = 0;
    At left = 0, right = 0;
    std::uint32_t size = 0, value = 0, weight = 0;
  };

  static std::uint32_t priority(At at) {
    at ^= at >> 16;
    at *= 0x7feb352d;
    at ^= at >> 15;
    at *= 0x846ca68b;
    return at ^ (at >> 16);
  }
  At take() {
    if (free_) {
      const At at = free_;
      free_ = nodes_[at].left;
      return at;
    }
    nodes_.emplace_back();
    return static_cast<At>(nodes_.size() - 1);
  }
  void drop(Tree tree) {
    if (!tree) return;
    drop(nodes_[tree].left);
    drop(nodes_[tree].right);
    nodes_[tree].left = free_;
    free_ = tree;
  }
  void tally(At at) {
    Node& node = nodes_[at];
    node.size = nodes_[node.left].size + nodes_[node.right].size + 1;
    node.sum = nodes_[node.left].sum + nodes_[node.right].sum + node.weight;
  }
  At put(Tree tree, At at) {
    if (!tree) return at;
    if (priority(at) > priority(tree)) {
      split(tree, nodes_[at].key, nodes_[at].left, nodes_[at].right);
      tally(at);
      return at;
    }
    if (nodes_[at].key < nodes_[tree].key) nodes_[tree].left = put(nodes_[tree].left, at);
    else nodes_[tree].right = put(nodes_[tree].right, at);
    tally(tree);
    return tree;
  }
  void split(Tree tree, const Key& key, At& left, At& right) {
    if (!tree) {
      left = right = 0;
      return;
    }
    if (nodes_[tree].key < key) {
      left = tree;
      split(nodes_[tree].right, key, nodes_[tree].right, right);
    } else {
      right = tree;
      split(nodes_[tree].left, key, left, nodes_[tree].left);
    }
    tally(tree);
  }
  At merge(At left, At right) {
    if (!left || !right) return left ? left : right;
    if (priority(left) > priority(right)) {
      nodes_[left].right = merge(nodes_[left].right, right);
      tally(left);
      return left;
    }
    nodes_[right].left = merge(left, nodes_[right].left);
    tally(right);
    return right;
  }

  std::vector<Node> nodes_;  // nodes_[0] is the empty tree: size and sum 0
  At free_ = 0;
};

}  // namespace offhook::matcher
