/**
 * Disjoint sets of the integers 0 … size - 1 whose root is the smallest member, and whose members can be walked.
 * Path halving; the walk costs nothing to keep, because two circular lists merge by swapping one pointer.
 */
export class UnionFind {
  readonly parent: Int32Array
  private readonly nextMember: Int32Array

  /** `walkable`: members will be asked for. */
  constructor(size: number, walkable = true) {
    this.parent = new Int32Array(size)
    for (let i = 0; i < size; i++) this.parent[i] = i
    this.nextMember = walkable ? this.parent.slice() : new Int32Array(0)
  }

  find(member: number): number {
    const { parent } = this
    let at = member
    let up = parent[at] as number
    while (up !== at) {
      const above = parent[up] as number
      parent[at] = above
      at = above
      up = parent[at] as number
    }
    return at
  }

  /** The root of the union. */
  union(a: number, b: number): number {
    const x = this.find(a)
    const y = this.find(b)
    if (x === y) return x
    const root = x < y ? x : y
    this.parent[x === root ? y : x] = root
    if (this.nextMember.length === 0) return root
    const next = this.nextMember[x] as number
    this.nextMember[x] = this.nextMember[y] as number
    this.nextMember[y] = next
    return root
  }

  /** The members of the set that holds `member`, ascending. */
  members(member: number): number[] {
    const found = [member]
    for (let at = this.nextMember[member] as number; at !== member; at = this.nextMember[at] as number) found.push(at)
    return found.sort((a, b) => a - b)
  }

  /** Visits the members in no stated order until the visitor returns true; whether it did. */
  someMember(member: number, visit: (member: number) => boolean): boolean {
    let at = member
    do {
      if (visit(at)) return true
      at = this.nextMember[at] as number
    } while (at !== member)
    return false
  }
}
