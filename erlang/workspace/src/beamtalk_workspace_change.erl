%% @doc What a load changes for living actors: which classes have other data than before, which
%% actors that concerns, and how an actor's state becomes one of the new class.
%%
%% `plan/3' runs in the process of the load and changes nothing; `migrate/2' runs in the actor.
-module(beamtalk_workspace_change).

-export([plan/3, migrate/2, refusal/1, warnings/1, actors/1, newcomers/2, is_sure/1, misfits/1, untried/1, printed_actor/2]).
-export([dropped_class_states/1]).

-export_type([plan/0]).

-type plan() :: #{
    actors := #{pid() => module()},
    patches := #{module() => [{module(), atom()}]},
    metas := #{module() => map()},
    added := #{module() => [atom()]},
    removed := #{module() => [atom()]},
    retyped := #{module() => [{atom(), binary(), module()}]},
    concerned := [module()],
    sure := boolean()
}.

-define(PATCH_LIMIT, 5000).
-define(LOOK_LIMIT, 1000).
-define(NAMED_AT_MOST, 10).

%% @doc The plan of a load: `New' are the metas of the classes to load (`unknown' where the code
%% does not show one), `Patches' the patch functions by the module of their class, `Living' all
%% living actors.
-spec plan(#{module() => map() | unknown}, #{module() => [{module(), atom()}]},
           [{pid(), module()}]) -> plan().
plan(New, Patches, Living) ->
    Metas = maps:filter(fun(_, Meta) -> is_map(Meta) end, New),
    Changes = [{Module, change(Module, Meta)} || {Module, Meta} <- maps:to_list(New)],
    Concerned = [Module || {Module, Change} <- Changes, Change =/= same] ++ maps:keys(Patches),
    #{concerned => Concerned,
      sure => Patches =:= #{} andalso lists:all(fun({_, Change}) -> is_sure_change(Change) end, Changes),
      actors => concerned(Living, Concerned, Metas),
      patches => Patches,
      metas => Metas,
      added => collect(added, Changes),
      removed => collect(removed, Changes),
      retyped => maps:map(fun(_, Fields) -> with_classes(Fields, Metas) end, collect(retyped, Changes))}.

%% Only plain class names are checked: erased types have no more to say at run time.
with_classes(Fields, Metas) ->
    [{Name, Type, Module} || {Name, Type} <- Fields, {ok, Module} <- [class_of_type(Type, Metas)]].

%% The class may come with the same load, or be one of the library that nobody has used yet.
class_of_type(Type, Metas) ->
    case [Module || {Module, #{name := Name}} <- maps:to_list(Metas), atom_to_binary(Name) =:= Type] of
        [Module | _] -> {ok, Module};
        [] ->
            case re:run(Type, "^[A-Z][A-Za-z0-9_]{0,200}$", [{capture, none}]) of
                match -> beamtalk_registry:lookup(binary_to_atom(Type));
                nomatch -> error
            end
    end.

change(Module, unknown) ->
    case beamtalk_workspace_layout:of_module(Module) of
        {ok, _} -> #{added => [], removed => [], retyped => [], sure => false};
        error -> same
    end;
change(Module, Meta) ->
    case beamtalk_workspace_layout:of_module(Module) of
        {ok, Old} -> difference(Old, Meta);
        error -> same
    end.

difference(#{super := OldSuper, fields := OldFields}, Meta) ->
    NewFields = [{maps:get(name, Field), maps:get(type, Field, nil)}
                 || Field <- maps:get(fields, Meta, [])],
    OldTypes = maps:from_list([{Name, Type} || {Name, Type, _} <- OldFields]),
    Added = [Name || {Name, _} <- NewFields, not is_map_key(Name, OldTypes)],
    Removed = maps:keys(OldTypes) -- [Name || {Name, _} <- NewFields],
    Retyped = [{Name, Type} || {Name, Type} <- NewFields, is_map_key(Name, OldTypes),
                               Type =/= nil, map_get(Name, OldTypes) =/= Type],
    case {Added, Removed, Retyped, maps:get(super, Meta, nil)} of
        {[], [], [], OldSuper} -> same;
        {_, _, _, Super} ->
            #{added => Added, removed => Removed, retyped => Retyped,
              sure => Super =:= OldSuper andalso Retyped =:= [] andalso
                  not lists:any(fun(Name) -> lists:member(Name, maps:get(computed, Meta, [])) end, Added)}
    end.

is_sure_change(same) -> true;
is_sure_change(#{sure := Sure}) -> Sure.

%% @doc Whether no actor's new state can fail: all that happens is that constants are added.
-spec is_sure(plan()) -> boolean().
is_sure(#{sure := Sure}) -> Sure.

collect(Key, Changes) ->
    maps:from_list([{Module, map_get(Key, Change)}
                    || {Module, Change} <- Changes, Change =/= same, map_get(Key, Change) =/= []]).

concerned(_Living, [], _Metas) ->
    #{};
concerned(Living, Concerned, Metas) ->
    Modules = lists:usort([Module || {_, Module} <- Living]),
    Touched = [Module || Module <- Modules,
                         lists:any(fun(Each) -> lists:member(Each, Concerned) end, old_and_new(Module, Metas))],
    maps:from_list([{Pid, Module} || {Pid, Module} <- Living, lists:member(Module, Touched)]).

old_and_new(Module, Metas) ->
    beamtalk_workspace_layout:chain(Module, #{}) ++ beamtalk_workspace_layout:chain(Module, Metas).

%% @doc The actors that a plan concerns.
-spec actors(plan()) -> [pid()].
actors(#{actors := Actors}) ->
    maps:keys(Actors).

%% @doc Living actors that the plan concerns and that began after it was made.
-spec newcomers(plan(), [{pid(), module()}]) -> [{pid(), module()}].
newcomers(#{concerned := []}, _Living) ->
    [];
newcomers(#{actors := Actors, concerned := Concerned, metas := Metas}, Living) ->
    New = [Each || {Pid, _} = Each <- Living, not is_map_key(Pid, Actors)],
    maps:to_list(concerned(New, Concerned, Metas)).

%% @doc Why the plan cannot be carried out, as can be said before anything is loaded.
-spec refusal(plan()) -> none | map().
refusal(Plan) ->
    case other_kind(Plan) of
        none -> incomplete(Plan);
        Problem -> Problem
    end.

%% Processes cannot become anything else.
other_kind(#{metas := Metas, actors := Actors}) ->
    Kinds = [{Module, maps:get(kind, Meta, actor), Meta} || {Module, Meta} <- lists:sort(maps:to_list(Metas))],
    Others = [{Module, Kind, Held} || {Module, Kind, _} <- Kinds, Kind =/= actor,
                                      Held <- [holding(Module, Actors, Metas)], Held =/= []],
    case Others of
        [] -> none;
        [{Module, Kind, Held} | _] ->
            Class = beamtalk_workspace_layout:class_name(Module, Metas),
            Printed = [printed_actor(Pid, beamtalk_workspace_layout:class_name(Of, Metas)) || {Pid, Of} <- lists:sort(Held)],
            #{kind => other_kind,
              class => Class,
              actors => Printed,
              message => text("~ts cannot become ~ts class: it has ~ts: ~ts",
                              [Class, article(Kind), counted(length(Printed)), joined(Printed)]),
              hint => <<"stop them first">>}
    end.

holding(Module, Actors, Metas) ->
    [Each || {_, Of} = Each <- maps:to_list(Actors), lists:member(Module, old_and_new(Of, Metas))].

article(object) -> "an object";
article(exception) -> "an exception";
article(testCase) -> "a test";
article(Kind) -> ["a ", atom_to_binary(Kind)].

incomplete(#{added := Added, metas := Metas, patches := Patches, actors := Actors} = Plan) ->
    Broken = [{Module, Name} || {Module, Names} <- maps:to_list(Added), Name <- Names,
                                not is_map_key(Module, Patches),
                                lists:member(Name, uninitialized(Module, Metas))],
    case [{Pid, Class, Module, Name}
          || {Module, Name} <- Broken, {Pid, Class} <- maps:to_list(Actors),
             lists:member(Module, old_and_new(Class, Metas))] of
        [] -> none;
        [{_, _, Module, Name} | _] = All ->
            missing_default(Plan, Module, Name, [{Pid, Class} || {Pid, Class, M, N} <- All,
                                                                M =:= Module, N =:= Name])
    end.

uninitialized(Module, Metas) ->
    maps:get(uninitialized, maps:get(Module, Metas, #{}), []).

missing_default(#{metas := Metas}, Module, Name, Actors) ->
    Class = beamtalk_workspace_layout:class_name(Module, Metas),
    Printed = [printed_actor(Pid, beamtalk_workspace_layout:class_name(Each, Metas)) || {Pid, Each} <- lists:sort(Actors)],
    #{kind => missing_default,
      class => Class,
      actors => Printed,
      message => text("~ts~ts cannot be loaded: its new field '~ts' has no default, and ~ts would be "
                      "left without it: ~ts",
                      [Class, beamtalk_workspace_layout:place(Name, [maps:get(Module, Metas)]), Name,
                       counted(length(Printed)), joined(Printed)]),
      hint => text("give the field a default (state: ~ts = ...), or set it in "
                   "patch ~ts >> state { self.~ts := ... }", [Name, Class, Name])}.

%% @doc Actors whose values would not fit the new types of their fields, as far as can be seen without
%% loading anything: an actor that is busy is not looked at, and a patch may convert.
-spec misfits(plan()) -> [{pid(), {error, term(), []}}].
misfits(#{retyped := Retyped, patches := Patches, actors := Actors, metas := Metas} = Plan) ->
    Checked = [{Pid, Chain} || map_size(Retyped) > 0, {Pid, Module} <- lists:sort(maps:to_list(Actors)),
                               Chain <- [beamtalk_workspace_layout:chain(Module, Metas)],
                               not lists:any(fun(Each) -> is_map_key(Each, Patches) end, Chain)],
    lists:append([misfit(Pid, Chain, Plan) || {Pid, Chain} <- Checked]).

misfit(Pid, Chain, Plan) ->
    try fitting(sys:get_state(Pid, ?LOOK_LIMIT), Chain, Plan) of
        ok -> []
    catch
        error:{value_does_not_fit, _, _, _} = Reason -> [{Pid, {error, Reason, []}}];
        exit:_ -> []
    end.

%% @doc What looking ahead cannot tell.
-spec untried(plan()) -> [binary()].
untried(#{patches := Patches, actors := Actors, metas := Metas}) ->
    [text("the patch of ~ts was not tried on its ~ts", [beamtalk_workspace_layout:class_name(Module, Metas), counted(Count)])
     || Module <- lists:sort(maps:keys(Patches)), Count <- [holders(Module, Actors, Metas)], Count > 0].

%% @doc What a person should know of a plan that was carried out.
-spec warnings(plan()) -> [binary()].
warnings(#{removed := Removed, actors := Actors, metas := Metas} = Plan) ->
    [removed_field(Module, Name, Count, Metas)
     || {Module, Names} <- lists:sort(maps:to_list(Removed)), Name <- Names,
        Count <- [holders(Module, Actors, Metas)], Count > 0]
    ++ [text("~ts has no class state '~ts' any more; its value is dropped",
             [beamtalk_workspace_layout:class_name(Module, Metas), Name])
        || {Module, Name} <- lists:sort(dropped_class_states(Plan))].

%% @doc Class states that have a value and that their classes do not declare or inherit any more.
%% Those that stay keep their values.
-spec dropped_class_states(plan()) -> [{module(), atom()}].
dropped_class_states(#{metas := Metas}) ->
    [{Module, Name} || {Module, Name} <- beamtalk_class_state:stored(),
                       Chain <- [beamtalk_workspace_layout:chain(Module, Metas)],
                       lists:any(fun(Each) -> is_map_key(Each, Metas) end, Chain),
                       not lists:any(fun(Each) -> declares_class_state(Each, Name, Metas) end, Chain)].

declares_class_state(Module, Name, Metas) ->
    Meta = case Metas of
        #{Module := New} -> New;
        _ -> Module:'$meta'()
    end,
    lists:any(fun(#{name := Each}) -> Each =:= Name end, maps:get(class_state, Meta, [])).

holders(Module, Actors, Metas) ->
    length(holding(Module, Actors, Metas)).

removed_field(Module, Name, Count, Metas) ->
    Class = beamtalk_workspace_layout:class_name(Module, Metas),
    text("~ts has no field '~ts' any more; ~ts it until "
         "patch ~ts >> state { self removeField: #~ts }",
         [Class, Name, kept(Count), Class, Name]).

kept(1) -> "1 living actor keeps";
kept(Count) -> text("~b living actors keep", [Count]).

%% @doc The state of an actor under the new class. Raises where a patch raises, where a field is
%% left without a value, or where a value does not fit the new type of its field.
-spec migrate(map(), plan()) -> map().
migrate(#{'__class__' := Class} = State, #{patches := Patches} = Plan) ->
    Defaults = Class:'$defaults'(),
    Filled = maps:merge(Defaults, State),
    Chain = lists:reverse(beamtalk_workspace_layout:chain(Class, #{})),
    Functions = lists:append([maps:get(Module, Patches, []) || Module <- Chain]),
    %% A field that a patch takes out and the class still has begins anew.
    Patched = maps:merge(Defaults, lists:foldl(fun patched/2, Filled, Functions)),
    ok = complete(Patched, Chain),
    ok = fitting(Patched, Chain, Plan),
    Patched#{'__class__' => Class}.

%% A patch is anybody's code: it runs beside the actor, so that one that never ends can be stopped.
patched({Module, Function}, State) ->
    {Pid, Monitor} = spawn_monitor(fun() ->
        put('$bt_held', true),
        exit({'$bt_patched', guarded(Module, Function, State)})
    end),
    receive
        {'DOWN', Monitor, process, Pid, {'$bt_patched', {ok, New}}} -> New;
        {'DOWN', Monitor, process, Pid, {'$bt_patched', {Class, Reason, Stack}}} ->
            erlang:raise(Class, Reason, Stack);
        {'DOWN', Monitor, process, Pid, Reason} -> exit(Reason)
    after ?PATCH_LIMIT ->
        exit(Pid, kill),
        demonitor(Monitor, [flush]),
        error({patch_timeout, ?PATCH_LIMIT})
    end.

guarded(Module, Function, State) ->
    try {ok, Module:Function(State)}
    catch Class:Reason:Stack -> {Class, Reason, Stack}
    end.

complete(State, Chain) ->
    case [Name || Module <- Chain, Name <- maps:get(uninitialized, Module:'$meta'(), []),
                  not is_map_key(Name, State)] of
        [] -> ok;
        [Name | _] -> error({field_without_value, Name})
    end.

fitting(State, Chain, #{retyped := Retyped}) ->
    Checks = [Check || Module <- Chain, Check <- maps:get(Module, Retyped, [])],
    lists:foreach(
        fun({Name, Type, Class}) ->
            Value = maps:get(Name, State, nil),
            beamtalk_class:is_kind_of(Value, Class) orelse error({value_does_not_fit, Name, Type, Value})
        end,
        Checks).

%% @doc An actor as it prints.
-spec printed_actor(pid(), binary()) -> binary().
printed_actor(Pid, Class) ->
    Number = string:trim(pid_to_list(Pid), both, "<>"),
    text("#Actor<~ts,~ts>", [Class, Number]).

counted(1) -> "1 living actor";
counted(Count) -> text("~b living actors", [Count]).

joined(Printed) when length(Printed) > ?NAMED_AT_MOST ->
    text("~ts and ~b more",
         [lists:join(", ", lists:sublist(Printed, ?NAMED_AT_MOST)), length(Printed) - ?NAMED_AT_MOST]);
joined(Printed) ->
    iolist_to_binary(lists:join(", ", Printed)).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
