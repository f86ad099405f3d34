%% @doc Live changes that several nodes have. A node tells the others that take part in a load, or that
%% come back after it, how its log of changes is for the texts that the load is about: which entries are
%% in force there and how the others ended. Who is told has the same in force afterwards, in a log of its
%% own: so it makes its program again from files and log as well as the first one does.
%%
%% An entry is known on every node by its load and its place. A file of the project has, at a node with
%% another root, the path of the same file there; texts that a node's project does not have are none of
%% its business.
-module(beamtalk_workspace_shared).

-export([root/1, told/3, here/2, paths/1, of_load/2, are_trials/1, merged/3, seen_from/3, unknown/2, flushed/1, written/2]).

-export_type([told/0, entry/0, key/0]).

%% An entry as it is told: without what it is for the log of one node alone (`seq', `status', `prior').
-type entry() :: #{load => binary(), time := integer(), path := binary(), _ => _}.
-type key() :: {binary() | none, integer(), atom(), atom(), atom()}.
%% `root' is that of the teller's project. `paths' are the texts that are told of: `entries' are all that
%% is in force of those.
-type told() :: #{root := binary() | none, paths := [binary()], entries := [entry()],
                  ended := #{key() => beamtalk_workspace_changes:status()}, is_other => boolean()}.

%% @doc The root of the project whose workspace has this folder for its record; `none' where a node has
%% no project of its own.
-spec root(file:filename() | none) -> binary() | none.
root(none) -> none;
root(Folder) ->
    case file:read_file(filename:join(Folder, "root")) of
        {ok, Root} -> Root;
        {error, _} -> none
    end.

%% @doc What a node says of these texts.
-spec told([binary()], [beamtalk_workspace_changes:entry()], binary() | none) -> told().
told(Paths, Entries, Root) ->
    Known = [Entry || #{path := Path} = Entry <- Entries, lists:member(Path, Paths)],
    Active = [shared(Entry) || #{status := active} = Entry <- Known],
    Ended = maps:from_list([{key(Entry), Status} || #{status := Status} = Entry <- Known, Status =/= active]),
    #{root => Root, paths => Paths, entries => Active, ended => maps:without(keys(Active), Ended)}.

shared(Entry) -> maps:without([seq, status, prior], Entry).

keys(Entries) -> [key(Entry) || Entry <- Entries].

key(#{time := Time, class := Class, selector := Selector, side := Side} = Entry) ->
    {maps:get(load, Entry, none), Time, Class, Selector, Side}.

%% @doc What was told, with the paths of a node whose project has this root.
-spec here(told(), binary() | none) -> told().
here(#{root := From, paths := Paths, entries := Entries} = Told, To) ->
    Own = maps:from_list([{Path, Mapped} || Path <- Paths, Mapped <- mapped(Path, From, To), is_there(Mapped, From, To)]),
    Told#{paths := maps:values(Own),
          is_other => From =/= To,
          entries := [Entry#{path := map_get(Path, Own)} || #{path := Path} = Entry <- Entries, is_map_key(Path, Own)]}.

mapped(<<"typed:", _/binary>> = Path, _, _) -> [Path];
mapped(Path, From, To) when From =:= To; From =:= none; To =:= none -> [Path];
mapped(Path, From, To) ->
    Size = byte_size(From),
    case Path of
        <<From:Size/binary, "/", Rest/binary>> -> [<<To/binary, "/", Rest/binary>>];
        _ -> [Path]
    end.

%% With the same root a file may have been deleted on all.
is_there(<<"typed:", _/binary>>, _, _) -> true;
is_there(_, Root, Root) -> true;
is_there(Path, _, _) -> filelib:is_regular(Path).

%% @doc The texts that were told of.
-spec paths(told()) -> [binary()].
paths(#{paths := Paths}) -> Paths.

%% @doc The entries in force that are of this load.
-spec of_load(beamtalk_workspace_loads:id(), told()) -> [entry()].
of_load(Id, #{entries := Entries}) ->
    [Entry || #{load := Of} = Entry <- Entries, Of =:= Id].

%% @doc Whether there are entries, and all are trials.
-spec are_trials([entry() | beamtalk_workspace_changes:change()]) -> boolean().
are_trials(Entries) ->
    Entries =/= [] andalso lists:all(fun(#{intent := Intent}) -> Intent =:= ephemeral end, Entries).

%% @doc What comes of it for a node's own entries: those that are new here, the new statuses of others,
%% the texts that it concerns, and those of them in which both have changed something. What was told with a
%% load of some time (`now' for one that is made now, with all that the node has in it) does not concern
%% texts of classes that this node has loaded later. Of what this node has changed while the other one did
%% not know, all stays that is in other places.
-spec merged(told(), integer() | now, [beamtalk_workspace_changes:entry()]) ->
    {[entry()], [{pos_integer(), beamtalk_workspace_changes:status()}], [binary()], [binary()]}.
merged(#{paths := Told, entries := Entries, ended := Ended} = All, Time, Own) ->
    Paths = [Path || Path <- Told, not is_later(Path, Entries ++ Own, Time)],
    Concerned = [Entry || #{path := Path} = Entry <- Entries, lists:member(Path, Paths)],
    Known = [Entry || #{path := Path} = Entry <- Own, lists:member(Path, Paths)],
    Here = [key(Entry) || #{status := Status} = Entry <- Known, Status =:= active orelse Status =:= flushed],
    New = [Entry || Entry <- Concerned, not lists:member(key(Entry), Here)],
    InForce = keys(Concerned),
    Others = [Entry || #{status := active} = Entry <- Known, not lists:member(key(Entry), InForce)],
    {Kept, Gone} = lists:partition(fun(Entry) ->
        Time =/= now andalso not is_map_key(key(Entry), Ended) andalso not lists:any(fun(Each) -> is_same_place(Entry, Each) end, New)
    end, Others),
    Marks = [{Seq, Status} || #{seq := Seq} = Entry <- Gone, Status <- end_of(maps:get(key(Entry), Ended, replaced), All)],
    {New, Marks, Paths, lists:usort([Path || #{path := Path} <- Kept])}.

is_same_place(#{path := Path, class := Class, selector := One, side := OneSide},
              #{path := Path, class := Class, selector := Other, side := OtherSide}) ->
    One =:= nil orelse Other =:= nil orelse {One, OneSide} =:= {Other, OtherSide};
is_same_place(_, _) ->
    false.

%% Another project's files have the change, this one's do not.
end_of(flushed, #{is_other := true}) -> [];
end_of(Status, _) -> [Status].

is_later(_Path, _Entries, now) -> false;
is_later(Path, Entries, Time) ->
    Classes = lists:usort([Class || #{path := Of, class := Class} <- Entries, Of =:= Path]),
    lists:any(fun(Class) ->
        case beamtalk_registry:lookup(Class) of
            {ok, Module} -> beamtalk_workspace_loads:is_later(Module, Time);
            error -> false
        end
    end, Classes).

%% @doc A node's entries in force of texts of a project with this root.
-spec seen_from({binary() | none, [binary()]}, binary() | none, [beamtalk_workspace_changes:entry()]) -> [entry()].
seen_from({Root, Paths}, Own, Entries) ->
    [(shared(Entry))#{path := Mapped} || #{path := Path, status := active} = Entry <- Entries,
                                         Mapped <- mapped(Path, Own, Root), lists:member(Mapped, Paths)].

%% @doc Those of another node's entries that a node has never had.
-spec unknown([entry()], [beamtalk_workspace_changes:entry()]) -> [entry()].
unknown(Entries, Own) ->
    Known = maps:from_keys(keys(Own), true),
    [Entry || Entry <- Entries, not is_map_key(key(Entry), Known)].

%% @doc The entries that are in files by now.
-spec flushed([beamtalk_workspace_changes:entry()]) -> [key()].
flushed(Entries) ->
    keys([Entry || #{status := flushed} = Entry <- Entries]).

%% @doc The numbers of the entries in force that are these.
-spec written([key()], [beamtalk_workspace_changes:entry()]) -> [pos_integer()].
written(Keys, Entries) ->
    Written = maps:from_keys(Keys, true),
    [Seq || #{seq := Seq, status := active} = Entry <- Entries, is_map_key(key(Entry), Written)].
