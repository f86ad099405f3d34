%% @doc Checks of arguments that the library's primitives share. Each raises the exception that the
%% language asks for, naming the class and the selector of the method that was given the argument.
-module(beamtalk_check).

-export([integer/3, non_negative/3, positive/3, number/3, string/3, symbol/3, list/3, dictionary/3]).
-export([block/4, block_argument/4, index/4, elements/3, boolean/3]).
-export([no_new/1, no_new/2]).
-export([raise/4, out_of_bounds/4, empty/2, not_found/3, invalid/4, parse/4]).

%%% Classes of arguments

-spec integer(term(), atom(), atom()) -> integer().
integer(X, _, _) when is_integer(X) -> X;
integer(X, Class, Selector) -> beamtalk_exception:type_error(Class, Selector, <<"an Integer">>, X).

-spec non_negative(term(), atom(), atom()) -> non_neg_integer().
non_negative(X, _, _) when is_integer(X), X >= 0 -> X;
non_negative(X, Class, Selector) when is_integer(X) ->
    invalid(Class, Selector, ["expects an Integer of at least 0, got ", integer_to_binary(X)], nil);
non_negative(X, Class, Selector) ->
    integer(X, Class, Selector).

-spec positive(term(), atom(), atom()) -> pos_integer().
positive(X, _, _) when is_integer(X), X >= 1 -> X;
positive(X, Class, Selector) when is_integer(X) ->
    invalid(Class, Selector, ["expects an Integer of at least 1, got ", integer_to_binary(X)], nil);
positive(X, Class, Selector) ->
    integer(X, Class, Selector).

-spec number(term(), atom(), atom()) -> number().
number(X, _, _) when is_number(X) -> X;
number(X, Class, Selector) -> beamtalk_exception:type_error(Class, Selector, <<"a Number">>, X).

-spec string(term(), atom(), atom()) -> binary().
string(X, _, _) when is_binary(X) -> X;
string(X, Class, Selector) -> beamtalk_exception:type_error(Class, Selector, <<"a String">>, X).

-spec symbol(term(), atom(), atom()) -> atom().
symbol(X, Class, Selector) when X =:= nil; X =:= true; X =:= false ->
    beamtalk_exception:type_error(Class, Selector, <<"a Symbol">>, X);
symbol(X, _, _) when is_atom(X) -> X;
symbol(X, Class, Selector) ->
    beamtalk_exception:type_error(Class, Selector, <<"a Symbol">>, X).

-spec boolean(term(), atom(), atom()) -> boolean().
boolean(X, _, _) when is_boolean(X) -> X;
boolean(X, Class, Selector) -> beamtalk_exception:type_error(Class, Selector, <<"a Boolean">>, X).

-spec list(term(), atom(), atom()) -> list().
list(X, _, _) when is_list(X) -> X;
list(X, Class, Selector) -> beamtalk_exception:type_error(Class, Selector, <<"a List">>, X).

-spec dictionary(term(), atom(), atom()) -> map().
dictionary(X, _, _) when is_map(X), not is_map_key('__class__', X) -> X;
dictionary(X, Class, Selector) ->
    beamtalk_exception:type_error(Class, Selector, <<"a Dictionary">>, X).

%% A block of so many arguments. A symbol stands for one that sends its message to the first.
-spec block(term(), arity(), atom(), atom()) -> fun().
block(F, Arity, _, _) when is_function(F, Arity) -> F;
block(F, Arity, Class, Selector) when is_function(F) ->
    {arity, Expected} = erlang:fun_info(F, arity),
    Message = io_lib:format("block expects ~b but was called with ~b", [Expected, Arity]),
    beamtalk_exception:raise(arity_mismatch, Class, Selector, Message, nil, nil);
block(X, Arity, Class, Selector) ->
    case message_block(X, Arity) of
        none -> beamtalk_exception:type_error(Class, Selector, <<"a Block">>, X);
        Block -> Block
    end.

%% What a method of the class library was given where it wants a block, and what is none.
-spec block_argument(term(), arity(), term(), atom()) -> fun().
block_argument(X, Arity, Self, Selector) ->
    case message_block(X, Arity) of
        none ->
            beamtalk_exception:type_error(class_named(Self), Selector, <<"a Block">>, X);
        Block ->
            Block
    end.

class_named({'$class', Module}) -> beamtalk_class:name(Module);
class_named(Self) -> beamtalk_class:name(beamtalk_class:class_of(Self)).

message_block(X, _) when not is_atom(X); is_boolean(X); X =:= nil -> none;
message_block(X, Arity) ->
    case {Arity, beamtalk_selector:arity(X)} of
        {1, 0} -> fun(Receiver) -> beamtalk_send:send(Receiver, X, []) end;
        {2, 1} -> fun(Receiver, Argument) -> beamtalk_send:send(Receiver, X, [Argument]) end;
        _ -> none
    end.

%% An index from 1 to `Size'.
-spec index(term(), non_neg_integer(), atom(), atom()) -> pos_integer().
index(I, Size, _, _) when is_integer(I), I >= 1, I =< Size -> I;
index(I, Size, Class, Selector) when is_integer(I) -> out_of_bounds(I, Size, Class, Selector);
index(X, _, Class, Selector) -> integer(X, Class, Selector).

%% The elements of any collection, as a list.
-spec elements(term(), atom(), atom()) -> list().
elements(X, _, _) when is_list(X) -> X;
elements(#{'__class__' := 'bt@stdlib@Array', elements := Tuple}, _, _) -> tuple_to_list(Tuple);
elements(#{'__class__' := 'bt@stdlib@Set'} = Set, _, _) -> beamtalk_set:asList(Set);
elements(#{'__class__' := _} = X, Class, Selector) ->
    case beamtalk_class:understands(X, asList) of
        true -> beamtalk_send:send(X, asList, []);
        false -> beamtalk_exception:type_error(Class, Selector, <<"a Collection">>, X)
    end;
elements(X, _, _) when is_map(X) -> beamtalk_dictionary:values(X);
elements(X, _, _) when is_binary(X) -> beamtalk_send:send(X, asList, []);
elements(X, Class, Selector) when is_tuple(X) -> tuple_elements(beamtalk_class:class_of(X), X, Class, Selector);
elements(X, Class, Selector) ->
    beamtalk_exception:type_error(Class, Selector, <<"a Collection">>, X).

%% Tuples that stand for something else, such as a class, have no elements.
tuple_elements('bt@stdlib@Tuple', X, _, _) -> tuple_to_list(X);
tuple_elements(_, X, Class, Selector) ->
    beamtalk_exception:type_error(Class, Selector, <<"a Collection">>, X).

%%% Classes whose instances are written, not made

-spec no_new(beamtalk_class:class_object()) -> no_return().
no_new(Class) -> no_new(Class, new, <<" cannot be made with new">>).

-spec no_new(beamtalk_class:class_object(), term()) -> no_return().
no_new(Class, _) -> no_new(Class, 'new:', <<" cannot be made with new:">>).

-spec no_new(beamtalk_class:class_object(), atom(), binary()) -> no_return().
no_new({'$class', Module}, Selector, What) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:raise(
        instantiation_error, Name, Selector, [atom_to_binary(Name), What],
        <<"Write it as a literal, or use one of the class's own messages">>, nil
    ).

%%% Raising

-spec raise(atom(), atom(), atom(), unicode:chardata()) -> no_return().
raise(Kind, Class, Selector, Message) ->
    beamtalk_exception:raise(Kind, Class, Selector, Message, nil, nil).

-spec out_of_bounds(integer(), non_neg_integer(), atom(), atom()) -> no_return().
out_of_bounds(Index, Size, Class, Selector) ->
    Message = io_lib:format("~ts>>~ts: index ~b is outside 1 to ~b", [Class, Selector, Index, Size]),
    beamtalk_exception:raise(
        index_out_of_bounds, Class, Selector, tidy(Message), nil, #{index => Index, size => Size}
    ).

-spec empty(atom(), atom()) -> no_return().
empty(Class, Selector) ->
    Message = io_lib:format("~ts>>~ts: the collection is empty", [Class, Selector]),
    raise(empty_collection, Class, Selector, tidy(Message)).

-spec not_found(atom(), atom(), unicode:chardata()) -> no_return().
not_found(Class, Selector, What) ->
    Message = io_lib:format("~ts>>~ts: ~ts", [Class, Selector, What]),
    raise(not_found, Class, Selector, tidy(Message)).

-spec invalid(atom(), atom(), unicode:chardata(), binary() | nil) -> no_return().
invalid(Class, Selector, What, Hint) ->
    Message = io_lib:format("~ts>>~ts ~ts", [Class, Selector, What]),
    beamtalk_exception:raise(invalid_argument, Class, Selector, Message, Hint, nil).

-spec parse(atom(), atom(), unicode:chardata(), term()) -> no_return().
parse(Class, Selector, What, Details) ->
    Message = io_lib:format("~ts>>~ts: ~ts", [Class, Selector, What]),
    beamtalk_exception:raise(parse_error, Class, Selector, tidy(Message), nil, Details).

%% A keyword selector ends in a colon already.
tidy(Message) -> string:replace(unicode:characters_to_binary(Message), <<"::">>, <<":">>).
