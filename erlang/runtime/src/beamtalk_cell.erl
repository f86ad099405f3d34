%% @doc Cells: where a local lives that a real block assigns.
%%
%% A cell is an entry of the process dictionary of the process that runs the method. A block that
%% runs in another process finds no entry there; it then works on the value that it captured when
%% it was made. `undefined' is what the dictionary answers for a missing entry, so that the symbol
%% of that name is stored under another one.
-module(beamtalk_cell).

-export([new/1, get/1, get/2, put/2, free/1]).

-opaque key() :: {'$bt_cell', reference() | pos_integer()}.
-export_type([key/0]).

-compile({no_auto_import, [get/1, put/2]}).

-spec new(term()) -> key().
new(Value) ->
    Key = {'$bt_cell', erlang:unique_integer([positive])},
    erlang:put(Key, stored(Value)),
    Key.

-spec get(key()) -> term().
get(Key) ->
    case erlang:get(Key) of
        undefined -> nil;
        '$undefined' -> undefined;
        Value -> Value
    end.

%% The value of a cell, or the snapshot in a process that has no such cell.
-spec get(key(), term()) -> term().
get(Key, Snapshot) ->
    case erlang:get(Key) of
        undefined -> Snapshot;
        '$undefined' -> undefined;
        Value -> Value
    end.

-spec put(key(), term()) -> term().
put(Key, Value) ->
    erlang:put(Key, stored(Value)),
    Value.

-spec free([key()]) -> ok.
free(Keys) ->
    lists:foreach(fun erlang:erase/1, Keys).

stored(undefined) -> '$undefined';
stored(Value) -> Value.
