%% @doc Class state: one table for all classes of a node. Each class has its own values, also of
%% what it inherits.
%%
%% Writers hold the class's lock for the length of a method. One chain of calls may take a lock
%% again: an actor that is called by the holder is not kept out by it. A holder that died is
%% found out by those who wait.
-module(beamtalk_class_state).

-export([create_table/0, get/2, put/3, locked/2, forget/1, all/1, stored/0, drop/1]).

-compile({no_auto_import, [get/1, put/2]}).

-define(TABLE, beamtalk_class_state).
-define(PATIENCE, 5000).

%% Made by the registry, which owns it.
-spec create_table() -> ok.
create_table() ->
    ets:new(?TABLE, [set, named_table, public, {read_concurrency, true}, {write_concurrency, true}]),
    ok.

-spec get(beamtalk_class:class_object(), atom()) -> term().
get({'$class', Module}, Field) ->
    case ets:lookup(?TABLE, {Module, Field}) of
        [{_, Value}] -> Value;
        [] -> first_read(Module, Field)
    end;
get({'$metaclass', Module}, Field) ->
    get({'$class', Module}, Field).

%% The default is evaluated at first use; of two that come at once, one wins.
first_read(Module, Field) ->
    Default = maps:get(Field, Module:'$class_defaults'(), nil),
    ets:insert_new(?TABLE, {{Module, Field}, Default}),
    [{_, Value}] = ets:lookup(?TABLE, {Module, Field}),
    Value.

-spec put(beamtalk_class:class_object(), atom(), term()) -> term().
put({'$class', Module}, Field, Value) ->
    ets:insert(?TABLE, {{Module, Field}, Value}),
    Value.

%% All class state of a class, with defaults for what was never used.
-spec all(module()) -> map().
all(Module) ->
    Stored = [{Field, Value} || [Field, Value] <- ets:match(?TABLE, {{Module, '$1'}, '$2'})],
    maps:merge(Module:'$class_defaults'(), maps:from_list(Stored)).

-spec forget(module()) -> ok.
forget(Module) ->
    ets:match_delete(?TABLE, {{Module, '_'}, '_'}),
    ok.

%% The class states that have a value of their own by now, by the module of their class.
-spec stored() -> [{module(), atom()}].
stored() ->
    [{Module, Field} || [{Module, Field}] <- ets:match(?TABLE, {'$1', '_'}), Module =/= '$lock'].

%% Forgets values of class states that are declared no more.
-spec drop([{module(), atom()}]) -> ok.
drop(States) ->
    lists:foreach(fun(Key) -> ets:delete(?TABLE, Key) end, States).

%% Runs the fun with the class's lock held.
-spec locked(beamtalk_class:class_object(), fun(() -> Result)) -> Result.
locked({'$class', Module}, Fun) ->
    Key = {'$lock', Module},
    case ets:insert_new(?TABLE, {Key, self()}) of
        true -> holding(Key, Fun);
        false -> contended(Key, Module, Fun)
    end.

holding(Key, Fun) ->
    try
        Fun()
    after
        ets:delete_object(?TABLE, {Key, self()})
    end.

contended(Key, Module, Fun) ->
    case ets:lookup(?TABLE, Key) of
        [{_, Holder}] ->
            case in_chain(Holder) of
                true -> Fun();
                false -> wait_for(Key, Module, Fun, erlang:monotonic_time(millisecond) + ?PATIENCE)
            end;
        [] ->
            locked({'$class', Module}, Fun)
    end.

in_chain(Holder) when Holder =:= self() -> true;
in_chain(Holder) ->
    case erlang:get('$bt_chain') of
        undefined -> false;
        Chain -> lists:member(Holder, Chain)
    end.

wait_for(Key, Module, Fun, Deadline) ->
    case ets:insert_new(?TABLE, {Key, self()}) of
        true ->
            holding(Key, Fun);
        false ->
            drop_dead_holder(Key),
            check_deadline(Module, Deadline),
            timer:sleep(1),
            wait_for(Key, Module, Fun, Deadline)
    end.

drop_dead_holder(Key) ->
    case ets:lookup(?TABLE, Key) of
        [{_, Holder} = Lock] -> is_process_alive(Holder) orelse ets:delete_object(?TABLE, Lock);
        [] -> ok
    end.

check_deadline(Module, Deadline) ->
    case erlang:monotonic_time(millisecond) > Deadline of
        false ->
            ok;
        true ->
            Name = beamtalk_class:name(Module),
            beamtalk_exception:raise(
                timeout,
                Name,
                nil,
                [<<"The class state of ">>, atom_to_binary(Name), <<" is held by another process">>],
                nil
            )
    end.
