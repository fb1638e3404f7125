"""For the people who write facts files and rulesets: checks beyond what loading needs, and a skeleton to begin with."""
