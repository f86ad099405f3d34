%% @doc What each other member of the cluster missed while it was away, and who the members are: a
%% value of `beamtalk_workspace_cluster', kept in a journal beside the log of changes where the node has
%% a folder of its own. A node that starts again knows from it whom it has to bring up to date.
%%
%% A load is `begun' before it counts and `counted' after; what lies between is settled at the next
%% start by the log of changes. What every member has is forgotten.
-module(beamtalk_workspace_missed).

-export([open/1, restored/1, known/4, member/4, without/2, members/1, cookie/2, of_member/2, modules/1]).
-export([begun/3, counted/4, dropped/2, had/3]).

-export_type([missed/0, load/0, id/0]).

%% What happened here while a node was away. `paths': the texts that it is about, of whose live changes the
%% node is told what is in force by then. `logged': the log of changes has an entry for it, from the
%% moment that it counts. `trial': it ends with this node. `forgotten': modules of loads before the
%% others that were too many to be kept.
-type load() :: #{id := id(), time := integer(), modules := [map()], gone => [module()], paths => [binary()],
                  logged => boolean(), trial => boolean(), bases => #{module() => integer()}}
    | #{id := id(), time := integer(), unloaded := [module()], paths => [binary()], logged => boolean()}
    | #{id := id(), time := integer(), forgotten := [module()], paths => [binary()]}.
-type id() :: beamtalk_workspace_loads:id().

%% `seen' is when the member was there last, in milliseconds; `thin' the length at which loads that
%% later ones make superfluous are looked for.
-record(member, {cookie :: atom(), seen :: integer(), loads = [] :: [load()], thin :: pos_integer()}).

-record(missed, {file :: file:filename() | none,
                 members = #{} :: #{node() => #member{}},
                 begun = #{} :: #{id() => {load(), [node()]}}}).

-opaque missed() :: #missed{}.

-define(MANY, 200).
-define(MOST, 1000).
%% A member that has not been there for so long is no member any more when this node starts again.
-define(LONG, 30 * 24 * 60 * 60 * 1000).

%% @doc What the journal in a folder holds, with the loads of which it does not tell whether they count.
-spec open(file:filename() | none) -> {missed(), [load()]}.
open(none) ->
    {#missed{file = none}, []};
open(Folder) ->
    File = filename:join(Folder, "missed"),
    case beamtalk_workspace_journal:open(File) of
        {ok, Records} ->
            Missed = lists:foldl(fun taken_in/2, #missed{file = File}, Records),
            Unsettled = [Load || {Load, _} <- maps:values(Missed#missed.begun)],
            {without_gone(Missed), lists:sort(fun(#{time := A}, #{time := B}) -> A =< B end, Unsettled)};
        {error, Reason} ->
            logger:error("What other nodes missed cannot be read from ~ts (~tp); it is put aside", [File, Reason]),
            _ = file:rename(File, File ++ ".unreadable"),
            {#missed{file = File}, []}
    end.

without_gone(#missed{members = Members} = Missed) ->
    Oldest = erlang:system_time(millisecond) - ?LONG,
    Missed#missed{members = maps:filter(fun(_, #member{seen = Seen}) -> Seen > Oldest end, Members)}.

%% @doc What is known of loads when the node has started again: trials are over.
-spec restored(missed()) -> missed().
restored(#missed{members = Members} = Missed) ->
    Lasting = fun(_, #member{loads = Loads} = Member) ->
        Member#member{loads = [Load || Load <- Loads, not maps:get(trial, Load, false)]}
    end,
    compacted(Missed#missed{members = maps:map(Lasting, Members)}).

%% @doc What the process before knew of a member, where no journal does.
-spec known(node(), atom(), [load()], missed()) -> missed().
known(Node, Cookie, Loads, #missed{file = none, members = Members} = Missed) ->
    Member = #member{cookie = Cookie, seen = erlang:system_time(millisecond), loads = Loads, thin = length(Loads) + ?MANY},
    Missed#missed{members = Members#{Node => Member}};
known(_Node, _Cookie, _Loads, Missed) ->
    Missed.

%% @doc Adds a member, or says that it has been there at this time.
-spec member(node(), atom(), integer(), missed()) -> missed().
member(Node, Cookie, Time, Missed) ->
    written({member, Node, Cookie, Time}, Missed).

%% @doc Takes a member out, with what it missed.
-spec without(node(), missed()) -> missed().
without(Node, Missed) ->
    compacted_if_all_have_all(written({gone, Node}, Missed)).

-spec members(missed()) -> [node()].
members(#missed{members = Members}) ->
    lists:sort(maps:keys(Members)).

%% @doc The cookie for connections to a member.
-spec cookie(node(), missed()) -> atom().
cookie(Node, #missed{members = Members}) ->
    #{Node := #member{cookie = Cookie}} = Members,
    Cookie.

%% @doc What a member missed, oldest first.
-spec of_member(node(), missed()) -> [load()].
of_member(Node, #missed{members = Members}) ->
    case Members of
        #{Node := #member{loads = Loads}} -> Loads;
        _ -> []
    end.

%% @doc A load is about to count that these nodes would miss; it is on disk when this answers.
-spec begun(load(), [node()], missed()) -> {ok, missed()} | {error, term()}.
begun(#{id := Id} = Load, [], #missed{begun = Begun} = Missed) ->
    {ok, Missed#missed{begun = Begun#{Id => {Load, []}}}};
begun(Load, Nodes, Missed) ->
    persisted({begun, Load, Nodes}, Missed).

%% @doc A load that was begun counts, and these nodes miss it.
-spec counted(id(), load(), [node()], missed()) -> missed().
counted(Id, Load, Nodes, #missed{begun = Begun} = Missed) ->
    Known = case {Nodes, Begun} of
        {[], #{Id := {_, []}}} -> {forget, Missed};
        %% It was not known before that somebody would miss it.
        {_, #{Id := {_, []}}} -> {keep, written({begun, Load, Nodes}, Missed)};
        _ -> {keep, Missed}
    end,
    case Known of
        {forget, Same} -> Same#missed{begun = maps:remove(Id, Begun)};
        {keep, On} -> thinned(Nodes, compacted_if_all_have_all(written({counted, Id, Nodes}, On)))
    end.

%% @doc A load that was begun does not count.
-spec dropped(id(), missed()) -> missed().
dropped(Id, #missed{begun = Begun} = Missed) ->
    case Begun of
        #{Id := {_, [_ | _]}} -> compacted_if_all_have_all(written({dropped, Id}, Missed));
        _ -> Missed#missed{begun = maps:remove(Id, Begun)}
    end.

%% @doc A member has the first of what it missed.
-spec had(node(), non_neg_integer(), missed()) -> missed().
had(_Node, 0, Missed) -> Missed;
had(Node, Count, Missed) -> compacted_if_all_have_all(written({had, Node, Count}, Missed)).

%% Records that only tell of what has happened: where the disk does not take one, the node goes on, and
%% after a restart the member gets a load again, which it knows by its identity.
written(Record, #missed{} = Missed) ->
    case persisted(Record, Missed) of
        {ok, New} -> New;
        {error, Reason} ->
            logger:error("What other nodes missed cannot be written: ~tp", [Reason]),
            taken_in(Record, Missed)
    end.

persisted(Record, #missed{file = File} = Missed) ->
    case beamtalk_workspace_journal:append(File, Record) of
        ok -> {ok, taken_in(Record, Missed)};
        {error, Reason} -> {error, Reason}
    end.

taken_in({member, Node, Cookie, Time}, #missed{members = Members} = Missed) ->
    Member = maps:get(Node, Members, #member{cookie = Cookie, seen = Time, thin = ?MANY}),
    Missed#missed{members = Members#{Node => Member#member{cookie = Cookie, seen = Time}}};
taken_in({gone, Node}, #missed{members = Members} = Missed) ->
    Missed#missed{members = maps:remove(Node, Members)};
taken_in({begun, #{id := Id} = Load, Nodes}, #missed{begun = Begun} = Missed) ->
    Missed#missed{begun = Begun#{Id => {Load, Nodes}}};
taken_in({counted, Id, Nodes}, #missed{begun = Begun} = Missed) ->
    case Begun of
        #{Id := {Load, _}} ->
            lists:foldl(fun(Node, Now) -> with_load(Node, Load, Now) end,
                        Missed#missed{begun = maps:remove(Id, Begun)}, Nodes);
        _ -> Missed
    end;
taken_in({dropped, Id}, #missed{begun = Begun} = Missed) ->
    Missed#missed{begun = maps:remove(Id, Begun)};
taken_in({had, Node, Count}, #missed{members = Members} = Missed) ->
    case Members of
        #{Node := #member{loads = Loads} = Member} ->
            Rest = lists:nthtail(min(Count, length(Loads)), Loads),
            Missed#missed{members = Members#{Node := Member#member{loads = Rest}}};
        _ -> Missed
    end;
taken_in({whole, Loads, Members, Begun}, Missed) ->
    Whole = fun(_, {Cookie, Seen, Ids}) ->
        #member{cookie = Cookie, seen = Seen, loads = [map_get(Id, Loads) || Id <- Ids],
                thin = length(Ids) + ?MANY}
    end,
    Missed#missed{members = maps:map(Whole, Members), begun = Begun}.

with_load(Node, Load, #missed{members = Members} = Missed) ->
    case Members of
        #{Node := #member{loads = Loads} = Member} ->
            Missed#missed{members = Members#{Node := Member#member{loads = Loads ++ [Load]}}};
        _ -> Missed
    end.

compacted_if_all_have_all(#missed{members = Members} = Missed) ->
    case [Node || {Node, #member{loads = [_ | _]}} <- maps:to_list(Members)] of
        [] -> compacted(Missed);
        _ -> Missed
    end.

%% The journal is only what is missed now.
compacted(#missed{file = none} = Missed) ->
    Missed;
compacted(#missed{file = File} = Missed) ->
    case beamtalk_workspace_journal:rewrite(File, [whole(Missed)]) of
        ok -> ok;
        {error, Reason} -> logger:warning("What other nodes missed could not be made smaller: ~tp", [Reason])
    end,
    Missed.

%% A load that several missed is there once.
whole(#missed{members = Members, begun = Begun}) ->
    Loads = maps:from_list([{Id, Load} || #member{loads = Loads} <- maps:values(Members), #{id := Id} = Load <- Loads]),
    Ids = fun(_, #member{cookie = Cookie, seen = Seen, loads = Own}) ->
        {Cookie, Seen, [Id || #{id := Id} <- Own]}
    end,
    {whole, Loads, maps:map(Ids, Members), maps:filter(fun(_, {_, Nodes}) -> Nodes =/= [] end, Begun)}.

thinned(Nodes, #missed{members = Members} = Missed) ->
    case [Node || Node <- Nodes, #{Node := #member{loads = Loads, thin = Thin}} <- [Members], length(Loads) >= Thin] of
        [] -> Missed;
        Long -> compacted(Missed#missed{members = lists:foldl(fun thin/2, Members, Long)})
    end.

thin(Node, Members) ->
    #{Node := #member{loads = Loads} = Member} = Members,
    Needed = bounded(needed(Loads)),
    Members#{Node := Member#member{loads = Needed, thin = length(Needed) + ?MANY}}.

%% A load without a patch all of whose modules are loaded again later does not change what will be.
needed([]) -> [];
needed([#{gone := [_ | _]} = Load | Later]) ->
    [Load | needed(Later)];
needed([#{modules := Modules} = Load | Later]) ->
    Again = [Module || #{modules := More} <- Later, #{module := Module} <- More],
    case [Module || #{module := Module} <- Modules,
                    not lists:member(Module, Again) orelse beamtalk_workspace_patches:is_patch(Module)] of
        [] -> needed(with_paths(Load, Later));
        _ -> [Load | needed(Later)]
    end;
needed([Other | Later]) ->
    [Other | needed(Later)].

with_paths(Load, [Next | Later]) -> [Next#{paths => paths([Load, Next])} | Later].

paths(Loads) ->
    lists:usort(lists:append([maps:get(paths, Load, []) || Load <- Loads])).

%% What can be kept no longer is named, so that who missed it does not pass for up to date.
bounded(Loads) when length(Loads) =< ?MOST ->
    Loads;
bounded(Loads) ->
    {Oldest, Kept} = lists:split(length(Loads) - ?MOST + 1, Loads),
    #{id := Id, time := Time} = lists:last(Oldest),
    Modules = lists:usort(lists:flatmap(fun modules/1, Oldest)),
    [#{id => <<Id/binary, "+">>, time => Time, forgotten => Modules, paths => paths(Oldest)} | Kept].

%% @doc The modules that a load is about.
-spec modules(load()) -> [module()].
modules(#{modules := Modules} = Load) -> [Module || #{module := Module} <- Modules] ++ maps:get(gone, Load, []);
modules(#{unloaded := Modules}) -> Modules;
modules(#{forgotten := Modules}) -> Modules.
