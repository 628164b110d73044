export function Admin() {
  return <main />
}
