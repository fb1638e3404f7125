"""What would change the answer: the smallest sets of changes that lead to another option, all of them.

    flips       what is looked for and what is found
    finding     from a case to the sets that are shown, each verified by judging the changed case
    sets        the sets of several changes, from a case
    search      every single change, pair and triple, judged at once
    columns     changes as columns of a table
    ranks       sets of changes as numbers, and back
    minimal     the sets of which no part, and no smaller step, does the same

Sets of two and three need what `pip install 'alliance-advisor[bulk]'` brings; single changes do not.
"""
