%% @doc Cells: where a local lives that a real block assigns.
%%
%% A cell is an entry of the process dictionary of the process that runs the method. A block that
%% runs in another process finds no entry there; it then reads the value that it captured when it
%% was made, and writes where the method's process looks too (`beamtalk_shared_locals').
%% `undefined' is what the dictionary answers for a missing entry, so that the symbol
%% of that name is stored under another one.
%%
%% A cell whose block may outlive the method is not freed by the method. A process that lives long
%% calls `tidy/1' where none of its methods is running, as an actor does after each message: when
%% enough cells have been made, those that no block holds any more are erased. Blocks are found in
%% what the caller names, in the rest of the process dictionary and in waiting messages.
-module(beamtalk_cell).

-export([new/1, get/1, get/2, put/2, free/1, tidy/1]).

-opaque key() :: {'$bt_cell', reference()}.
-export_type([key/0]).

-compile({no_auto_import, [get/1, put/2]}).

%% Cells that are made before any are looked for.
-define(MANY, 1000).
%% A state of more terms is not searched: its process keeps its cells.
-define(LARGEST, 5000000).

-spec new(term()) -> key().
new(Value) ->
    Key = {'$bt_cell', make_ref()},
    erlang:put(Key, stored(Value)),
    case erlang:get('$bt_cells') of
        undefined -> erlang:put('$bt_cells', 1);
        Made -> erlang:put('$bt_cells', Made + 1)
    end,
    Key.

-spec get(key()) -> term().
get(Key) -> get(Key, nil).

%% The value of a cell, or the snapshot in a process that has no such cell.
-spec get(key(), term()) -> term().
get(Key, Snapshot) ->
    case beamtalk_shared_locals:find(Key) of
        {ok, Value} -> Value;
        error -> held(erlang:get(Key), Snapshot)
    end.

held(undefined, Snapshot) -> Snapshot;
held('$undefined', _) -> undefined;
held(Value, _) -> Value.

-spec put(key(), term()) -> term().
put(Key, Value) ->
    case erlang:get(Key) of
        undefined ->
            beamtalk_shared_locals:put(Key, Value);
        _ ->
            erlang:put(Key, stored(Value)),
            beamtalk_shared_locals:update(Key, Value)
    end,
    Value.

-spec free([key()]) -> ok.
free(Keys) ->
    lists:foreach(fun erlang:erase/1, Keys),
    beamtalk_shared_locals:forget(Keys).

stored(undefined) -> '$undefined';
stored(Value) -> Value.

%%% Cells that nobody holds

%% Erases them, if many cells have been made since the last time. `Roots' is what the process
%% holds beside its dictionary.
-spec tidy(term()) -> ok.
tidy(Roots) ->
    case erlang:get('$bt_cells') of
        Made when is_integer(Made), Made >= ?MANY -> sweep(Roots);
        _ -> ok
    end.

%% What is searched is paid for by as many cells made: the next search waits for them.
sweep(Roots) ->
    {Cells, Others} = lists:partition(fun is_cell/1, erlang:get()),
    {messages, Messages} = process_info(self(), messages),
    try mark([Roots, Messages | [Value || {_, Value} <- Others]], maps:from_list(Cells), 0) of
        {Unheld, Seen} ->
            free(maps:keys(Unheld)),
            wait_for(max(length(Cells) - map_size(Unheld), Seen div 10))
    catch
        throw:too_large -> wait_for(?LARGEST)
    end.

wait_for(Cells) ->
    erlang:put('$bt_cells', -Cells),
    ok.

is_cell({{'$bt_cell', _}, _}) -> true;
is_cell(_) -> false.

%% Goes through the terms in `Todo'. What it comes upon leaves `Unheld', the cells not yet found.
mark(_, _, Seen) when Seen > ?LARGEST ->
    throw(too_large);
mark([], Unheld, Seen) ->
    {Unheld, Seen};
mark([Term | Todo], Unheld, Seen) when is_list(Term) ->
    case Term of
        [Head | Tail] -> mark([Head, Tail | Todo], Unheld, Seen + 1);
        [] -> mark(Todo, Unheld, Seen)
    end;
mark([{'$bt_cell', _} = Key | Todo], Unheld, Seen) ->
    case maps:take(Key, Unheld) of
        {Value, Rest} -> mark([Value | Todo], Rest, Seen + 1);
        error -> mark(Todo, Unheld, Seen + 1)
    end;
mark([Term | Todo], Unheld, Seen) when is_tuple(Term) ->
    mark([tuple_to_list(Term) | Todo], Unheld, Seen);
mark([Term | Todo], Unheld, Seen) when is_map(Term) ->
    mark([maps:keys(Term), maps:values(Term) | Todo], Unheld, Seen);
mark([Term | Todo], Unheld, Seen) when is_function(Term) ->
    {env, Captured} = erlang:fun_info(Term, env),
    mark([Captured | Todo], Unheld, Seen + 1);
mark([_ | Todo], Unheld, Seen) ->
    mark(Todo, Unheld, Seen + 1).
