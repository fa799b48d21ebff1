# What installing and upgrading share about packages that are there already: the package manager is asked first what it would do to them.
# ALLOW   yes: packages may be removed, downgraded, and container runtimes upgraded

# Reads "remove NAME VERSION", "downgrade NAME OLD NEW" and "upgrade NAME OLD NEW" lines. $1: packages whose upgrade was asked for.
# Says what is upgraded; exit status 25 for what needs ALLOW and does not have it.
judge() {
  refused=
  while read -r kind name old new; do
    if [ "$kind" = upgrade ]; then
      case " $1 " in *" $name "*) continue ;; esac
      case $name in
        containerd* | runc* | crun* | cri-* | podman* | docker* | moby-* | kube* | buildah*) ;;
        *) fact note "This also upgrades $name ($old -> $new)"; continue ;;
      esac
    fi
    if [ "$ALLOW" = yes ]; then fact note "This will $kind $name ($old${new:+ -> $new})"
    else fact would "$kind $name ($old${new:+ -> $new})"; refused=yes; fi
  done
  [ -z "$refused" ] || exit 25
}
